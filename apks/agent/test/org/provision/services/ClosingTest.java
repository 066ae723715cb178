package org.provision.services;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import android.content.BroadcastReceiver;
import android.content.Context;
import android.content.ContextWrapper;
import android.content.Intent;
import android.os.Bundle;
import android.os.Handler;
import android.os.RecoverySystem;
import android.os.UserHandle;
import android.os.UserManager;
import java.io.FileDescriptor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.device.AndroidOwner;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.Row;
import org.robolectric.RobolectricTestRunner;

/** Every row that a policy's list may name, on Android's own services: set, in force, printed, and taken back. */
@RunWith(RobolectricTestRunner.class)
public final class ClosingTest {
    private static final int PRINTED_API = 24;

    /** Months in the words of the tablet's language, so that the days of the months are what can be compared. */
    private static final Pattern PRINTED_FREEZES = Pattern.compile("windowEnd: 240, freezes: \\[\\S+ 15 - \\S+ 05,\\S+ 10 - \\S+ 20\\]");

    private static final Pattern EFFECTIVE = Pattern.compile("    Effective restrictions:\\R(?:      \\S.*\\R)+");

    private Tablet tablet;
    private Owner owner;

    @Before
    public void start() throws Exception {
        tablet = new Tablet().start().owned();
        owner = tablet.as(Identity.AGENT, () -> new AndroidOwner(new AgentContext(tablet)));
    }

    @Test
    public void everyRowOfThisReleaseHoldsIsPrintedAndOpensAgain() throws Exception {
        for (Row row : Row.values()) {
            if (row.member != null && row.isSupported(Tablet.API)) {
                say(() -> owner.addUserRestriction(row.restriction));
                assertTrue(row.part + " is read back", tablet.as(Identity.AGENT, () -> owner.getUserRestrictions().contains(row.restriction)));
                assertTrue(row.part + " is in force", tablet.users.manager().hasUserRestriction(row.restriction));
                assertEquals(row.part + " is printed", Tablet.API >= PRINTED_API, printed().contains("      " + row.restriction + "\n"));
                say(() -> owner.clearUserRestriction(row.restriction));
                assertFalse(row.part + " opens again", tablet.users.manager().hasUserRestriction(row.restriction));
                assertFalse(row.part + " is printed no more", printed().contains("      " + row.restriction + "\n"));
            }
        }
    }

    @Test
    public void allOfThemTogetherOutliveARestart() throws Exception {
        for (Row row : Row.values()) {
            if (row.member != null && row.isSupported(Tablet.API)) {
                say(() -> owner.addUserRestriction(row.restriction));
            }
        }
        tablet.settle();
        tablet.restart();
        for (Row row : Row.values()) {
            if (row.member != null && row.isSupported(Tablet.API)) {
                assertTrue(row.part + " after a restart", tablet.users.manager().hasUserRestriction(row.restriction));
            }
        }
    }

    @Test
    public void aResetFromTheSettingsGoesOnWithoutTheRestrictionAndIsRefusedWithIt() throws Exception {
        assertEquals("the reset begins", tryReset());
        say(() -> owner.addUserRestriction(UserManager.DISALLOW_FACTORY_RESET));
        assertEquals("Wiping data is not allowed for this user.", tryReset());
        say(() -> owner.clearUserRestriction(UserManager.DISALLOW_FACTORY_RESET));
        assertEquals("the reset begins", tryReset());
    }

    /** What the receiver of Android's own settings calls in the system; its first broadcast is the first thing that it does. */
    private String tryReset() throws Exception {
        Context settings = new ContextWrapper(tablet.system) {
            @Override
            public void sendOrderedBroadcastAsUser(Intent intent, UserHandle user, String permission, BroadcastReceiver last,
                    Handler handler, int code, String data, Bundle extras) {
                throw new IllegalStateException("the reset begins");
            }
        };
        return tablet.as(Identity.SYSTEM, () -> {
            try {
                RecoverySystem.rebootWipeUserData(settings, "MasterClear");
                return "wiped";
            } catch (SecurityException | IllegalStateException end) {
                return end.getMessage();
            } catch (NullPointerException end) {
                // Behind the restriction Android 17 looks for a dynamic system first, and nobody serves one here.
                if (Tablet.API < 37 || !String.valueOf(end.getMessage()).contains("DynamicSystemManager")) {
                    throw end;
                }
                return "the reset begins";
            }
        });
    }

    @Test
    public void systemUpdatesKeepToTheirWindow() throws Exception {
        if (Row.UPDATE_WINDOW.isSupported(Tablet.API)) {
            assertEquals("none", tablet.as(Identity.AGENT, owner::getSystemUpdatePolicy));
            say(() -> owner.setSystemUpdatePolicy(1410, 65, Collections.<String>emptyList()));
            assertEquals("1410-65", tablet.as(Identity.AGENT, owner::getSystemUpdatePolicy));
            String line = "System Update Policy: SystemUpdatePolicy (type: 2, windowStart: 1410, windowEnd: 65";
            assertEquals(Tablet.API >= PRINTED_API, dump(tablet.policy.service()).contains(line));
            tablet.settle();
            tablet.restart();
            assertEquals("1410-65", tablet.as(Identity.AGENT, owner::getSystemUpdatePolicy));
            say(owner::clearSystemUpdatePolicy);
            assertEquals("none", tablet.as(Identity.AGENT, owner::getSystemUpdatePolicy));
        }
    }

    @Test
    public void systemUpdatesRestOnTheDaysOfAFreeze() throws Exception {
        if (Row.UPDATE_FREEZES.isSupported(Tablet.API)) {
            List<String> days = Arrays.asList("12-15/01-05", "07-10/08-20");
            say(() -> owner.setSystemUpdatePolicy(120, 240, days));
            tablet.settle();
            tablet.restart();
            assertEquals(days, tablet.as(Identity.AGENT, owner::getSystemUpdateFreezes));
            assertEquals("120-240", tablet.as(Identity.AGENT, owner::getSystemUpdatePolicy));
            assertTrue(PRINTED_FREEZES.matcher(dump(tablet.policy.service())).find());
            for (String wrong : new String[] {"01-10/04-15", "01-20/02-01"}) { // longer than 90 days; 60 days apart from none
                List<String> refused = Arrays.asList("12-15/01-05", wrong);
                assertThrows(IllegalArgumentException.class, () -> owner.setSystemUpdatePolicy(120, 240, refused));
            }
            say(owner::clearSystemUpdatePolicy);
            assertEquals(Collections.emptyList(), tablet.as(Identity.AGENT, owner::getSystemUpdateFreezes));
        }
    }

    private void say(Runnable call) throws Exception {
        tablet.as(Identity.AGENT, () -> {
            call.run();
            return null;
        });
    }

    /** The effective restrictions of user 0 as {@code dumpsys user} prints them. */
    private String printed() throws Exception {
        Matcher block = EFFECTIVE.matcher(dump(tablet.users.service()));
        return block.find() ? block.group() : "";
    }

    private String dump(Object service) throws Exception {
        StringWriter text = new StringWriter();
        tablet.as(Identity.SYSTEM, () -> {
            PrintWriter out = new PrintWriter(text);
            try {
                Reflect.call(service, "dump", new FileDescriptor(), out, new String[0]);
            } catch (RuntimeException later) {
                // From 30 on the policy service goes on with a package manager that is not here; owners come first.
                out.print(later.getClass().getSimpleName());
            }
            out.flush();
            return null;
        });
        return text.toString();
    }
}
