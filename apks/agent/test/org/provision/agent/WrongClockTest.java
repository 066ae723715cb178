package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.app.AlarmManager;
import android.content.Context;
import android.content.Intent;
import android.os.Build;
import android.os.SystemClock;
import java.util.ArrayList;
import java.util.List;
import java.util.TimeZone;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.device.Alarm;
import org.provision.agent.device.PreferencesStore;
import org.provision.agent.maintenance.WallClock;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.shadows.ShadowAlarmManager.ScheduledAlarm;
import org.robolectric.util.ReflectionHelpers;

/** Calls planned by a clock, or in a time zone, that somebody puts right afterwards. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35, qualifiers = "fr-w1280dp-h800dp-land-mdpi",
        instrumentedPackages = {"org.provision.agent.maintenance", "org.provision.agent.screen"})
public final class WrongClockTest extends LauncherBed {
    /** Monday 30 November 2026, 15:10 in Greenwich. */
    private static final long NOW = 1_796_051_400L;

    private static final long HOUR = 3600;
    private static final long DAY = 24 * HOUR;
    private static final long YEARS = 4 * 365 * DAY;

    private final TimeZone zone = TimeZone.getDefault();
    private final long built = Build.TIME;

    @Before
    public void beInGreenwich() {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        visio();
        Installed.policy("fr", "\"org.example.visio\"", "Cardiologie 2", "01 40 00 00 42", "A-0042",
                ",\"family\":[{\"label\":\"Ma fille Marie\",\"link\":\"https://visio.example/0\",\"package\":\"org.example.visio\"}]");
        start();
    }

    @After
    public void goHome() {
        TimeZone.setDefault(zone);
        ReflectionHelpers.setStaticField(Build.class, "TIME", built);
    }

    @Test
    public void aPlanOfYearsAheadRingsNeitherNowNorThen() {
        clock(NOW);
        planned(NOW + YEARS, HOUR);
        new Alarm(home, BootReceiver.CALL_DUE).setAt((NOW + YEARS + HOUR) * 1000); // as that clock awaited it
        assertEquals("whether anybody told that the clock was set or not", 0, plans());
        changed(Intent.ACTION_TIME_CHANGED);
        assertEquals("nothing is awaited", 0, alarms().size());
        assertNull("nor kept for that day", new PreferencesStore(home).get("calls.planned"));
        home.draw();
        assertNull(Touch.find(Touch.root(home), "Appel à 16:10"));
    }

    @Test
    public void aPlanOfTheDayAfterTomorrowWasOfAnotherClock() {
        clock(NOW);
        planned(NOW + DAY, DAY);
        assertEquals(0, plans());
        planned(NOW, DAY + 8 * HOUR + 45 * 60);
        assertEquals("the last minute of tomorrow is what staff can plan", 1, plans());
    }

    @Test
    public void aPlanWhoseHourWasLeaptOverIsOver() {
        clock(NOW);
        planned(NOW, HOUR);
        clock(NOW + YEARS);
        changed(Intent.ACTION_TIME_CHANGED);
        assertEquals(0, plans());
        assertNull("and asks nobody", shadowOf(RuntimeEnvironment.getApplication()).getNextStartedActivity());
        assertEquals(0, alarms().size());
    }

    @Test
    public void aClockPutForwardToTheHourOfACallAsks() {
        clock(NOW);
        planned(NOW, HOUR);
        clock(NOW + HOUR + 60);
        changed(Intent.ACTION_TIME_CHANGED);
        assertNotNull(shadowOf(RuntimeEnvironment.getApplication()).getNextStartedActivity());
    }

    @Test
    public void anEmptyBatteryLosesNoPlanAndPlansNone() {
        clock(DAY);
        planned(NOW, HOUR);
        changed(Intent.ACTION_TIME_CHANGED);
        assertEquals("nobody knows whether it is over", 1, plans());
        assertNull("it rings at no hour of 1970", shadowOf(RuntimeEnvironment.getApplication()).getNextStartedActivity());
        assertFalse(agent().planned().plan(agent().family().get(0), 2 * DAY, agent().family(), DAY));
        clock(NOW + 120);
        changed(Intent.ACTION_TIME_CHANGED);
        assertEquals(1, plans());
        assertEquals(NOW + HOUR, alarms().get(0) / 1000);
    }

    @Test
    public void aClockThatFellBackToTheDayOfAYoungBuildIsSetByNobody() {
        clock(NOW);
        planned(NOW, HOUR);
        long young = NOW - 300 * DAY; // a tablet of 2026
        ReflectionHelpers.setStaticField(Build.class, "TIME", young * 1000);
        for (long fallen : new long[] {young, young + 29 * DAY}) {
            clock(fallen);
            changed(Intent.ACTION_TIME_CHANGED);
            assertEquals("nobody knows whether it is over", 1, plans());
            assertFalse("no date is shown", WallClock.isSet(fallen, Build.TIME));
            assertFalse(agent().planned().plan(agent().family().get(0), fallen + HOUR, agent().family(), fallen));
        }
        clock(NOW + 120);
        changed(Intent.ACTION_TIME_CHANGED);
        assertEquals(1, plans());
        assertEquals(NOW + HOUR, alarms().get(0) / 1000);
    }

    @Test
    public void fiveOClockStaysFiveOClockInTheRightZone() {
        clock(NOW);
        planned(NOW, 2 * HOUR);
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Paris"));
        changed(Intent.ACTION_TIMEZONE_CHANGED);
        assertEquals("an hour sooner, since its clock went an hour on", NOW + HOUR, alarms().get(0) / 1000);
    }

    /** Staff plan a call by a clock that shows {@code now}. */
    private void planned(long now, long ahead) {
        assertTrue(agent().planned().plan(agent().family().get(0), now + ahead, agent().family(), now));
        agent().callHour().await();
    }

    private void changed(String action) {
        new BootReceiver().onReceive(home, new Intent(action));
    }

    private static void clock(long seconds) {
        SystemClock.setCurrentTimeMillis(seconds * 1000);
    }

    private int plans() {
        return agent().planned().list(agent().family(), WallClock.seconds()).size();
    }

    /** Milliseconds since 1970 at which an hour is awaited. */
    private List<Long> alarms() {
        List<Long> ours = new ArrayList<>();
        for (ScheduledAlarm each : shadowOf((AlarmManager) home.getSystemService(Context.ALARM_SERVICE)).getScheduledAlarms()) {
            if (BootReceiver.CALL_DUE.equals(shadowOf(each.operation).getSavedIntent().getAction())) {
                ours.add(each.triggerAtTime);
            }
        }
        return ours;
    }
}
