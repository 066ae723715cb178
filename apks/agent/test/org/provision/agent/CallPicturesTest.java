package org.provision.agent;

import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;

import android.graphics.Rect;
import android.view.View;
import java.io.IOException;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.policy.FamilyTile;
import org.provision.agent.screen.HomeActivity;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;

/** Draws the pages on which staff call or plan, and the hour of a planned call. */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 34, instrumentedPackages = {"org.provision.agent.maintenance", "org.provision.agent.screen"})
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public final class CallPicturesTest extends PicturesBed {
    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void staffPlanACall() throws IOException {
        drawPlanning("");
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void staffPlanACallUprightInEverySizeOfLetters() throws IOException {
        for (float scale : new float[] {1, 1.3f, 2}) {
            RuntimeEnvironment.setFontScale(scale);
            drawPlanning("-upright-" + Math.round(scale * 10));
        }
    }

    @Test
    @Config(qualifiers = "fr-" + LARGE)
    public void theHourOfACall() throws IOException {
        for (String language : LANGUAGES) {
            drawHour(language, language);
        }
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void theHourOfACallUprightInEverySizeOfLetters() throws IOException {
        for (float scale : new float[] {1, 1.3f, 2}) {
            RuntimeEnvironment.setFontScale(scale);
            for (String language : LANGUAGES) {
                drawHour(language, language + "-upright-" + Math.round(scale * 10));
            }
        }
    }

    @Test
    @Config(qualifiers = "fr-" + SMALL)
    public void aCallOfTomorrowUprightInEverySizeOfLetters() throws IOException {
        for (float scale : new float[] {1, 1.3f, 2}) {
            RuntimeEnvironment.setFontScale(scale);
            for (String language : LANGUAGES) {
                family(3);
                Agent.of(RuntimeEnvironment.getApplication()).choices().chooseLanguage(language);
                plan(Agent.of(RuntimeEnvironment.getApplication()).family().get(1), 18 * 60);
                Drawn.draw("family-tomorrow-" + language + "-" + Math.round(scale * 10), start());
            }
        }
    }

    private static void drawPlanning(String kind) throws IOException {
        HomeActivity home = calls(4);
        Agent agent = Agent.of(home);
        plan(agent.family().get(2), 18 * 60);
        home.draw();
        Drawn.draw("calls-whom-fr" + kind, home);
        Touch.tap(home, agent.family().get(2).label + " — Demain, mardi 1 décembre, à 09:10 (prévu par le personnel)");
        Drawn.draw("calls-when-fr" + kind, home);
        for (String each : new String[] {"Prévoir cet appel", "Aujourd’hui, lundi 30 novembre, à 15:15"}) {
            assertTrue("seen whole without scrolling: " + each, isWhole(Touch.find(Touch.root(home), each)));
        }
        Touch.tap(home, "Prévoir cet appel");
        Drawn.draw("calls-kept-fr" + kind, home);
        Touch.tap(home, "Ma fille Marie — Appel à 16:00 (prévu par l’équipe technique)");
        assertNotNull(Touch.find(Touch.root(home), "Seule l’équipe technique peut supprimer cet appel."));
        Drawn.draw("calls-team-fr" + kind, home);
        home.leave();
        Drawn.draw("calls-home-fr" + kind, home);
    }

    private static boolean isWhole(View view) {
        Rect seen = new Rect();
        return view.getGlobalVisibleRect(seen) && seen.height() == view.getHeight();
    }

    private static void drawHour(String language, String kind) throws IOException {
        family(3);
        Agent agent = Agent.of(RuntimeEnvironment.getApplication());
        agent.choices().chooseLanguage(language);
        plan(agent.family().get(2), 0);
        agent.callHour().due();
        HomeActivity home = start();
        Drawn.draw("due-" + kind, home);
    }

    private static void plan(FamilyTile tile, int minutes) {
        Agent agent = Agent.of(RuntimeEnvironment.getApplication());
        agent.planned().plan(tile, NOW / 1000 + minutes * 60L, agent.family(), NOW / 1000);
    }

    /** Staff mode at its page of calls. */
    private static HomeActivity calls(int count) {
        family(count);
        HomeActivity home = start();
        openCalls(home);
        return home;
    }

    static void openCalls(HomeActivity home) {
        Agent.of(home).pins().configure("482913");
        home.staff();
        for (char digit : "482913".toCharArray()) {
            Touch.tap(home, String.valueOf(digit));
        }
        Touch.tap(home, "OK");
        Touch.tap(home, "Appeler pour le patient");
    }
}
