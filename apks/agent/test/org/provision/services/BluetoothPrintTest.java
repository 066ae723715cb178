package org.provision.services;

import android.content.Context;
import android.os.UserManager;
import java.io.FileDescriptor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;

/**
 * What the Bluetooth service of 8.0 to 12L prints of a radio in each of its states (tests/vectors/android/bluetooth_print.json). The radio's own
 * process is played; from 13 on the service is a module, and in no jar.
 */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 26, maxSdk = 32)
public final class BluetoothPrintTest {
    private static final String SERVICE = "com.android.server.BluetoothManagerService";
    private static final int ON = 12;

    @Test
    public void theStatesOfARadioArePrintedAsInTheTable() throws Exception {
        Tablet tablet = new Tablet().start();
        AnswerTable table = new AnswerTable("bluetooth_print");
        for (Map<?, ?> one : table.cases()) {
            table.answer(one, print(tablet, AnswerTable.number(one, "state")));
        }
        table.write();
    }

    private static String print(Tablet tablet, int state) throws Exception {
        Object service = Partial.of(Reflect.need(SERVICE), new Recorder("BluetoothManagerService"), "dump", "isEnabled", "getState");
        Recorder radio = new Recorder("IBluetooth").yields("getState", state).yields("isEnabled", state == ON);
        Partial.set(service, "mBluetooth", radio.of("android.bluetooth.IBluetooth"));
        Partial.set(service, "mBluetoothLock", new ReentrantReadWriteLock());
        Object users = new Recorder("UserManager").of(UserManager.class);
        Partial.set(service, "mContext", new Recorder("Context").yields("getSystemService", users).of(Context.class));
        Partial.set(service, "mBleApps", new ConcurrentHashMap<>());
        Partial.set(service, "mState", state);
        Partial.set(service, "mAddress", "22:22:AD:00:00:01");
        Partial.set(service, "mName", "Tablette de Paul");
        StringWriter text = new StringWriter();
        String[] none = new String[0];
        tablet.as(Identity.SHELL, () -> Reflect.call(service, "dump", new FileDescriptor(), new PrintWriter(text), none));
        return text.toString();
    }
}
