package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.robolectric.Shadows.shadowOf;

import android.app.AlarmManager;
import android.app.Application;
import android.content.Context;
import android.content.Intent;
import android.media.AudioManager;
import android.os.SystemClock;
import java.util.List;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.shadows.ShadowAlarmManager.ScheduledAlarm;
import org.robolectric.shadows.ShadowLooper;

/** The launcher comes back from an app that nobody uses. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35)
public final class IdleReturnTest {
    private final Application application = RuntimeEnvironment.getApplication();

    @Before
    public void kioskThatComesBack() {
        Installed.owner();
        policy(",\"screen\":{\"idle_minutes\":5}");
        Agent.of(application);
    }

    @Test
    public void afterTheMinutesOfADarkScreenTheLauncherIsInFront() {
        screen(Intent.ACTION_SCREEN_OFF);
        assertEquals(1, alarms().size());
        assertEquals(5 * 60_000L, alarms().get(0).triggerAtTime - SystemClock.elapsedRealtime(), 1_000);
        assertNull("too early", shadowOf(application).getNextStartedActivity());
        due();
        Intent started = shadowOf(application).getNextStartedActivity();
        assertEquals("org.provision.agent.screen.HomeActivity", started.getComponent().getClassName());
    }

    @Test
    public void aScreenThatLightsUpStartsAnew() {
        screen(Intent.ACTION_SCREEN_OFF);
        screen(Intent.ACTION_SCREEN_ON);
        assertEquals(0, alarms().size());
    }

    @Test
    public void aCallWithoutAPictureGoesOn() {
        for (int mode : new int[] {AudioManager.MODE_IN_COMMUNICATION, AudioManager.MODE_RINGTONE}) {
            audio().setMode(mode);
            due();
            assertNull(shadowOf(application).getNextStartedActivity());
            assertEquals("looks again", 1, alarms().size());
        }
    }

    @Test
    public void staffAreNotDisturbed() {
        Agent.of(application).door().open();
        due();
        assertNull(shadowOf(application).getNextStartedActivity());
    }

    @Test
    public void withoutMinutesAppsStay() {
        policy("");
        screen(Intent.ACTION_SCREEN_OFF);
        assertEquals(0, alarms().size());
        due();
        assertNull(shadowOf(application).getNextStartedActivity());
    }

    private void policy(String more) {
        Installed.policy("fr", "\"org.example.visio\"", "Cardiologie 2", "01 40 00 00 42", "A-0042", more);
    }

    private void screen(String action) {
        application.sendBroadcast(new Intent(action));
        ShadowLooper.idleMainLooper();
    }

    private void due() {
        new BootReceiver().onReceive(application, new Intent(BootReceiver.IDLE_DUE));
    }

    private AudioManager audio() {
        return (AudioManager) application.getSystemService(Context.AUDIO_SERVICE);
    }

    private List<ScheduledAlarm> alarms() {
        return shadowOf((AlarmManager) application.getSystemService(Context.ALARM_SERVICE)).getScheduledAlarms();
    }
}
