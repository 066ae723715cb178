package org.provision.agent.screen;

import android.content.Context;
import android.view.View;
import org.provision.agent.Agent;
import org.provision.agent.device.Light;
import org.provision.agent.device.Sound;
import org.provision.agent.policy.Policy;

/** What the keys of the comfort screen do. */
final class ComfortDesk implements ComfortScreen.Actions {
    /** Where the desk stands. */
    interface Room {
        /** Shows the desk anew. */
        void draw();

        /** Back to the patient's screen. */
        void leave();
    }

    private final Context context;
    private final Room room;
    private ComfortScreen screen;

    ComfortDesk(Context context, Room room) {
        this.context = context;
        this.room = room;
    }

    View view(Policy policy) {
        Agent agent = Agent.of(context);
        Look look = Look.ofPatient(context, policy, agent.choices());
        screen = new ComfortScreen(context, Language.ofPatient(agent.choices(), policy), look, this);
        return screen.view(state());
    }

    private ComfortScreen.State state() {
        boolean large = Agent.of(context).choices().largeLetters();
        return new ComfortScreen.State(new Sound(context).level(), new Light(context).level(), large);
    }

    @Override
    public void sound(int step) {
        try {
            new Sound(context).step(step);
        } catch (SecurityException error) {
            // A silence that Android protects: it stays as loud as it is.
        }
        screen.tell(state());
    }

    @Override
    public void light(int step) {
        try {
            new Light(context).step(step);
        } catch (SecurityException error) {
            // No owner any more: the light stays as it is.
        }
        screen.tell(state());
    }

    @Override
    public void letters(boolean large) {
        try {
            Agent.of(context).choices().chooseLetters(large);
        } catch (IllegalStateException full) {
            // A full disk: chosen until this process ends.
        }
        room.draw();
    }

    @Override
    public void language(Language chosen) {
        try {
            Agent.of(context).choices().chooseLanguage(chosen.code());
        } catch (IllegalStateException full) {
            // A full disk: chosen until this process ends.
        }
        room.draw();
    }

    @Override
    public void back() {
        room.leave();
    }
}
