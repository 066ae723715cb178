package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.app.AlarmManager;
import android.app.Application;
import android.content.Context;
import android.content.Intent;
import java.time.Duration;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.device.PreferencesStore;
import org.provision.agent.maintenance.Door;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.shadows.ShadowSystemClock;

/** What Android tells the agent by itself: enrolled, booted, updated. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35)
public final class ReceiversTest {
    private final Application application = RuntimeEnvironment.getApplication();

    @Before
    public void becomeOwner() {
        Installed.owner();
    }

    @Test
    public void anOpenTabletIsLockedByABoot() {
        Installed.policy("fr", "");
        Agent.of(application).door().open();
        boot(Intent.ACTION_BOOT_COMPLETED);
        assertFalse(Agent.of(application).door().isOpen());
        assertEquals(
                "org.provision.agent.screen.HomeActivity",
                shadowOf(application).getNextStartedActivity().getComponent().getClassName());
    }

    @Test
    public void anUpdateOfTheAgentLocksToo() {
        Installed.policy("fr", "");
        boot(Intent.ACTION_MY_PACKAGE_REPLACED);
        assertNotNull(shadowOf(application).getNextStartedActivity());
    }

    @Test
    public void nothingHappensBeforeAPolicyOrForAnotherMessage() {
        boot(Intent.ACTION_BOOT_COMPLETED);
        Installed.policy("fr", "");
        Agent.of(application).door().open();
        boot("org.example.OTHER");
        assertTrue(Agent.of(application).door().isOpen());
        assertNull(shadowOf(application).getNextStartedActivity());
    }

    @Test
    public void theAlarmOfAnOpenDoorClosesItWhenItIsDue() {
        Installed.policy("fr", "");
        Agent.of(application).door().open();
        boot(BootReceiver.DOOR_DUE);
        assertTrue("too early", Agent.of(application).door().isOpen());
        ShadowSystemClock.advanceBy(Duration.ofMillis(Door.OPEN_MILLISECONDS + 1));
        boot(BootReceiver.DOOR_DUE);
        assertNull(new PreferencesStore(application).get("door.open"));
        assertNotNull(shadowOf(application).getNextStartedActivity());
    }

    @Test
    public void anOpenDoorHasAnAlarmThatOutlivesTheProcess() {
        Installed.policy("fr", "");
        Agent.of(application).door().open();
        AlarmManager alarms = (AlarmManager) application.getSystemService(Context.ALARM_SERVICE);
        assertEquals(1, shadowOf(alarms).getScheduledAlarms().size());
        Agent.of(application).door().close(Agent.of(application).policy());
        assertEquals(0, shadowOf(alarms).getScheduledAlarms().size());
    }

    @Test
    public void theTabletHasItsIdAsSoonAsItIsEnrolled() {
        new AdminReceiver().onEnabled(application, new Intent());
        String tablet = new PreferencesStore(application).get("tablet");
        assertTrue(tablet, tablet.matches("[0-9a-f]{32}"));
    }

    private void boot(String action) {
        new BootReceiver().onReceive(application, new Intent(action));
    }
}
