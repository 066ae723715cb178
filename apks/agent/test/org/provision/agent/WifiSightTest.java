package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.robolectric.Shadows.shadowOf;

import android.app.Application;
import android.content.Context;
import android.net.wifi.ScanResult;
import android.net.wifi.SupplicantState;
import android.net.wifi.WifiManager;
import android.os.PowerManager;
import android.os.SystemClock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.contract.Json;
import org.provision.agent.device.WifiSight;
import org.provision.agent.maintenance.Whereabouts.Sight;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.shadows.ShadowScanResult;

/** What a look finds, by what Android heard. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35)
@SuppressWarnings("deprecation")
public final class WifiSightTest {
    private static final Set<String> NAMES = Collections.singleton("HOPITAL");

    private final Application application = RuntimeEnvironment.getApplication();
    private final WifiManager wifi = (WifiManager) application.getSystemService(Context.WIFI_SERVICE);

    @Before
    public void age() {
        SystemClock.setCurrentTimeMillis(60 * 60_000L);
    }

    private Sight look(boolean on, String joined, String... heard) throws Exception {
        List<ScanResult> results = new ArrayList<>();
        for (String each : heard) {
            ScanResult result = ShadowScanResult.newInstance(each.replace("*", ""), "02:00:00:00:00:01", "", -60, 2412);
            long age = each.startsWith("*") ? 11 * 60_000L : 60_000L;
            result.timestamp = (SystemClock.elapsedRealtime() - age) * 1000;
            results.add(result);
        }
        shadowOf(wifi).setScanResults(results);
        String state = "{\"radio\":" + on + ",\"airplane\":false,\"networks\":[],\"joined\":\"" + joined + "\",\"lockdown\":false,\"allowed\":[],"
                + "\"location\":true,\"restrictions\":[],\"granted\":[\"android.permission.ACCESS_FINE_LOCATION\"],\"lock_task\":{"
                + "\"packages\":[],\"features\":21,\"state\":\"none\"},\"home\":\"x\",\"refuse\":{}}";
        return new WifiSight(application, new FakeOwner(30, (Map<?, ?>) Json.read(state))).look(NAMES);
    }

    @Test
    public void aNameOfTheHospitalThatWasHeardLatelyIsInside() throws Exception {
        assertEquals(Sight.INSIDE, look(true, "HOPITAL"));
        assertEquals("joined, whatever was heard", Sight.INSIDE, look(true, "HOPITAL", "Livebox"));
        assertEquals(Sight.INSIDE, look(true, "", "Livebox", "HOPITAL"));
        assertEquals(Sight.OUTSIDE, look(true, "", "Livebox", "HOPITAL-2"));
        assertEquals("too long ago", Sight.OUTSIDE, look(true, "", "Livebox", "*HOPITAL"));
    }

    @Test
    public void whatAndroidCannotHearSaysNothing() throws Exception {
        assertEquals("nothing lately", Sight.UNKNOWN, look(true, "", "*Livebox"));
        assertEquals("nothing at all: a shielded room, a dead radio, the first seconds", Sight.UNKNOWN, look(true, ""));
        assertEquals("radio off", Sight.UNKNOWN, look(false, "", "Livebox"));
        shadowOf((PowerManager) application.getSystemService(Context.POWER_SERVICE)).turnScreenOn(false);
        assertEquals("dark", Sight.UNKNOWN, look(true, "", "Livebox"));
    }
}
