package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.app.Notification;
import android.app.PendingIntent;
import android.content.ComponentName;
import android.content.Context;
import android.content.Intent;
import android.content.SharedPreferences;
import android.media.AudioManager;
import android.net.Uri;
import android.os.Process;
import android.service.notification.StatusBarNotification;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.device.IncomingCalls;
import org.robolectric.Robolectric;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;
import org.robolectric.shadows.ShadowLooper;

/** Calls that lock task silences before Android 9: they ring, and their window opens. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 27, qualifiers = "fr-w1280dp-h800dp-land-mdpi")
@SuppressWarnings("deprecation")
public final class CallListenerTest extends LauncherBed {
    private static final String ALERTS = ",\"alerts\":{\"kiosk\":true}";
    private static final String NAME = "Marie Dupont appelle";
    private static final Uri RING = Uri.parse("content://settings/system/ringtone");

    private final List<String> heard = new ArrayList<>();
    private CallListener listener;

    @Before
    public void listen() {
        visio();
        app("org.example.news", "Journal", false);
        kiosk(ALERTS);
        listener = Robolectric.setupService(CallListener.class);
    }

    @Test
    public void theWindowOfACallOpensOverTheLauncher() {
        post("org.example.visio", call());
        assertEquals("org.example.visio", opened());
        post("org.example.visio", call());
        assertNull("an update of the same call opens nothing", opened());
        listener.onNotificationRemoved(of("org.example.visio", call()));
        post("org.example.visio", call());
        assertEquals("the next one does", "org.example.visio", opened());
    }

    @Test
    public void aCallThatAsksForNoWholeScreenIsOpenedByItsTouch() {
        Notification said = builder().setCategory(Notification.CATEGORY_CALL).setContentIntent(window("org.example.visio")).build();
        post("org.example.visio", said);
        assertEquals("org.example.visio", opened());
    }

    @Test
    public void aMessageIsNoCall() {
        Notification said = builder().setCategory(Notification.CATEGORY_MESSAGE).setContentIntent(window("org.example.visio")).build();
        post("org.example.visio", said);
        assertNull(opened());
    }

    @Test
    public void onlyAppsOfTheKioskThatCanTalkAreOpened() {
        app("org.example.foreign", "Autre", true);
        post("org.example.foreign", call());
        post("org.example.news", call());
        assertNull(opened());
    }

    @Test
    public void nothingIsOpenedThatTheSiteDoesNotAskFor() {
        kiosk("");
        post("org.example.visio", call());
        assertNull(opened());
    }

    @Test
    public void nothingIsOpenedWhileStaffHaveTheTabletOpen() {
        agent().openByHand();
        while (shadowOf(home).getNextStartedActivity() != null) {
            continue;
        }
        post("org.example.visio", call());
        assertNull(opened());
    }

    @Test
    public void anotherCallWaitsWhileSomebodyTalks() {
        sound(AudioManager.MODE_IN_COMMUNICATION);
        post("org.example.visio", call());
        assertNull(opened());
        sound(AudioManager.MODE_NORMAL);
    }

    @Test
    public void whatIsInFrontOfTheLauncherStays() {
        controller.pause();
        post("org.example.visio", call());
        assertNull("Android opened it, or another app is used", opened());
    }

    @Test
    public void itSoundsUntilItIsOver() {
        IncomingCalls calls = calls();
        calls.begin("a", window("org.example.visio"), RING);
        ShadowLooper.idleMainLooper(10, TimeUnit.SECONDS);
        calls.begin("b", window("org.example.visio"), Uri.parse("content://other"));
        calls.end("b");
        assertEquals("one at a time", "[play content://settings/system/ringtone, open]", heard.toString());
        calls.end("a");
        ShadowLooper.idleMainLooper(10, TimeUnit.SECONDS);
        assertEquals("stop", heard.get(heard.size() - 1));
    }

    @Test
    public void nobodyIsRungForEver() {
        calls().begin("a", window("org.example.visio"), RING);
        ShadowLooper.idleMainLooper(IncomingCalls.MOST_MILLISECONDS - 2_000, TimeUnit.MILLISECONDS);
        assertFalse(heard.contains("stop"));
        ShadowLooper.idleMainLooper(4_000, TimeUnit.MILLISECONDS);
        assertTrue(heard.contains("stop"));
    }

    @Test
    public void anAppThatRingsItselfIsNotRungTwice() {
        sound(AudioManager.MODE_RINGTONE);
        calls().begin("a", window("org.example.visio"), RING);
        calls().begin("b", window("org.example.visio"), null);
        assertFalse(heard.toString(), heard.toString().contains("play"));
        sound(AudioManager.MODE_NORMAL);
    }

    @Test
    public void nothingThatANotificationSaysIsKept() throws Exception {
        post("org.example.visio", call());
        assertEquals("org.example.visio", opened());
        for (File file : filesBelow(home.getFilesDir().getParentFile())) {
            String text = new String(Files.readAllBytes(file.toPath()), StandardCharsets.UTF_8);
            assertFalse(file.getName(), text.contains("Marie"));
        }
        SharedPreferences kept = home.getSharedPreferences("agent", Context.MODE_PRIVATE);
        assertFalse(kept.getAll().toString().contains("Marie"));
    }

    private static List<File> filesBelow(File folder) {
        List<File> all = new ArrayList<>();
        File[] inside = folder.listFiles();
        for (File each : inside == null ? new File[0] : inside) {
            if (each.isDirectory()) {
                all.addAll(filesBelow(each));
            } else {
                all.add(each);
            }
        }
        return all;
    }

    private IncomingCalls calls() {
        return new IncomingCalls(
                new IncomingCalls.Sound() {
                    private boolean plays;

                    @Override
                    public void play(Uri which) {
                        plays = true;
                        heard.add("play " + which);
                    }

                    @Override
                    public boolean isPlaying() {
                        return plays;
                    }

                    @Override
                    public void stop() {
                        plays = false;
                        heard.add("stop");
                    }
                },
                new IncomingCalls.Tablet() {
                    @Override
                    public boolean isTalking() {
                        return agent().calls().isTalking();
                    }

                    @Override
                    public boolean isGoing() {
                        return agent().calls().isGoing();
                    }

                    @Override
                    public void open(PendingIntent window) {
                        heard.add("open");
                    }
                });
    }

    private void kiosk(String more) {
        Installed.policy("fr", "\"org.example.visio\",\"org.example.news\"", "Cardiologie 2", "01 40 00 00 42", "A-0042", more);
        start();
    }

    private void post(String name, Notification said) {
        listener.onNotificationPosted(of(name, said));
        ShadowLooper.idleMainLooper(5, TimeUnit.SECONDS);
    }

    private static StatusBarNotification of(String name, Notification said) {
        return new StatusBarNotification(name, name, 7, null, 10_077, 1, 0, said, Process.myUserHandle(), 0);
    }

    private String opened() {
        Intent started = shadowOf(home).getNextStartedActivity();
        return started == null ? null : started.getComponent().getPackageName();
    }

    private PendingIntent window(String name) {
        Intent intent = new Intent().setComponent(new ComponentName(name, name + ".Call")).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK);
        return PendingIntent.getActivity(home, 0, intent, 0);
    }

    private Notification call() {
        return builder().setFullScreenIntent(window("org.example.visio"), true).build();
    }

    private Notification.Builder builder() {
        return new Notification.Builder(home)
                .setSmallIcon(R.drawable.agent)
                .setContentTitle(NAME)
                .setContentText(NAME)
                .setTicker(NAME);
    }
}
