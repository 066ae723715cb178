package org.provision.agent;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static org.robolectric.Shadows.shadowOf;

import android.content.Context;
import android.content.Intent;
import android.media.AudioManager;
import java.util.concurrent.TimeUnit;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.annotation.Config;
import org.robolectric.shadows.ShadowLooper;
import org.robolectric.shadows.ShadowSystemClock;

/** A call that goes on behind the launcher, and one that nobody touches. */
@RunWith(RobolectricTestRunner.class)
@Config(minSdk = 21, maxSdk = 35, qualifiers = "fr-w1280dp-h800dp-land-mdpi")
public final class CallsTest extends LauncherBed {
    @Test
    public void aCallThatGoesOnIsInSightAndOneTouchLeadsBack() {
        tablet("fr");
        AudioManager audio = (AudioManager) home.getSystemService(Context.AUDIO_SERVICE);
        audio.setMode(AudioManager.MODE_IN_COMMUNICATION);
        ShadowLooper.idleMainLooper(2, TimeUnit.SECONDS);
        assertSees("Appel en cours : on peut vous entendre.");
        tap("Visio");
        shadowOf(home).getNextStartedActivity();
        home.onBackPressed();
        tap("Appel en cours : on peut vous entendre. Touchez ici pour y revenir.");
        assertEquals("org.example.visio", shadowOf(home).getNextStartedActivity().getComponent().getPackageName());
        audio.setMode(AudioManager.MODE_NORMAL);
        ShadowLooper.idleMainLooper(2, TimeUnit.SECONDS);
        assertNull("the call is over", Touch.find(Touch.root(home), "Appel en cours : on peut vous entendre. Touchez ici pour y revenir."));
    }

    @Test
    public void theBarOfACallLeadsToTheAppThatCanTalkWhateverWasOpenedLast() {
        app("org.example.news", "Journal", false);
        tablet("fr", "\"org.example.visio\",\"org.example.news\"");
        tap("Journal");
        shadowOf(home).getNextStartedActivity();
        controller.pause().resume();
        sound(AudioManager.MODE_RINGTONE);
        tap("Appel en cours : on peut vous entendre. Touchez ici pour y revenir.");
        assertEquals("org.example.visio", shadowOf(home).getNextStartedActivity().getComponent().getPackageName());
        sound(AudioManager.MODE_NORMAL);
    }

    @Test
    public void whereSeveralAppsCanTalkThePersonSaysWhich() {
        app("org.example.talk", "Parler", true);
        app("org.example.news", "Journal", false);
        tablet("fr", "\"org.example.visio\",\"org.example.talk\",\"org.example.news\"");
        sound(AudioManager.MODE_IN_COMMUNICATION);
        tap("Appel en cours : on peut vous entendre. Touchez ici pour y revenir.");
        assertSees("Appel en cours : on peut vous entendre.", "Visio", "Parler", "Retour");
        assertNull(Touch.find(Touch.root(home), "Journal"));
        tap("Parler");
        assertEquals("org.example.talk", shadowOf(home).getNextStartedActivity().getComponent().getPackageName());
        sound(AudioManager.MODE_NORMAL);
        assertSees("Journal", "Vous êtes ici");
    }

    @Test
    public void whereNoAppCanTalkNothingIsOffered() {
        app("org.example.news", "Journal", false);
        tabletOf("fr", "\"org.example.news\"");
        sound(AudioManager.MODE_IN_COMMUNICATION);
        assertSees("Appel en cours : on peut vous entendre.");
        assertNull(Touch.find(Touch.root(home), "Appel en cours : on peut vous entendre. Touchez ici pour y revenir."));
        sound(AudioManager.MODE_NORMAL);
    }

    @Test
    public void aScreenThatIsOnStaysSoWhileAnAppTalks() {
        tablet("fr");
        assertLight(false);
        sound(AudioManager.MODE_IN_COMMUNICATION);
        ShadowLooper.idleMainLooper(10, TimeUnit.SECONDS);
        assertLight(true);
        assertTrue(agent().calls().isTalking());
        ShadowSystemClock.advanceBy(45, TimeUnit.MINUTES);
        ShadowLooper.idleMainLooper(10, TimeUnit.SECONDS);
        assertLight(true);
        ShadowSystemClock.advanceBy(135, TimeUnit.MINUTES);
        ShadowLooper.idleMainLooper(30, TimeUnit.SECONDS);
        assertLight(false);
        assertFalse("longer than any call", agent().calls().isTalking());
        sound(AudioManager.MODE_NORMAL);
        ShadowLooper.idleMainLooper(10, TimeUnit.SECONDS);
        sound(AudioManager.MODE_IN_COMMUNICATION);
        ShadowLooper.idleMainLooper(10, TimeUnit.SECONDS);
        assertLight(true);
        sound(AudioManager.MODE_NORMAL);
        ShadowLooper.idleMainLooper(10, TimeUnit.SECONDS);
        assertLight(false);
    }

    @Test
    public void aScreenThatSomebodySwitchedOffStaysDarkInACall() {
        tablet("fr");
        sound(AudioManager.MODE_IN_COMMUNICATION);
        home.sendBroadcast(new Intent(Intent.ACTION_SCREEN_OFF));
        ShadowLooper.idleMainLooper(1, TimeUnit.MINUTES);
        assertLight(false);
        sound(AudioManager.MODE_NORMAL);
    }

    @Test
    public void clearingDuringACallSaysThatItEndsIt() {
        ward();
        sound(AudioManager.MODE_IN_COMMUNICATION);
        tap("Réservé au personnel");
        type("482913");
        tap("Nouveau patient");
        assertSees("Un appel est en cours : il sera coupé.");
        sound(AudioManager.MODE_NORMAL);
    }
}
