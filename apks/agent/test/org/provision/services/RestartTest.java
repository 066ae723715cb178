package org.provision.services;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;

/** The real services read their own files back: what a restart must not change. */
@RunWith(RobolectricTestRunner.class)
public final class RestartTest {
    @Test
    public void ownerStays() throws Exception {
        Tablet tablet = new Tablet().start().owned();
        tablet.restart();
        assertEquals(Packages.AGENT, tablet.as(Identity.SYSTEM, tablet.policy::owner));
    }

    @Test
    public void restrictionStays() throws Exception {
        Tablet tablet = new Tablet().start().owned();
        tablet.as(Identity.AGENT, () -> {
            tablet.policy.manager().addUserRestriction(Packages.ADMIN, "no_config_wifi");
            return null;
        });
        tablet.restart();
        assertTrue(tablet.users.restrictions().contains("no_config_wifi"));
    }
}
