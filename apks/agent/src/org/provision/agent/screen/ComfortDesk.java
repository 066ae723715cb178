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

    ComfortDesk(Context context, Room room) {
        this.context = context;
        this.room = room;
    }

    View view(Policy policy) {
        Agent agent = Agent.of(context);
        ComfortScreen.State state =
                new ComfortScreen.State(new Sound(context).level(), new Light(context).level(), agent.choices().largeLetters());
        Look look = Look.ofPatient(context, policy, agent.choices());
        return new ComfortScreen(context, Language.ofPatient(agent.choices(), policy), look, this).view(state);
    }

    @Override
    public void sound(int step) {
        new Sound(context).step(step);
        room.draw();
    }

    @Override
    public void light(int step) {
        try {
            new Light(context).step(step);
        } catch (SecurityException error) {
            // No owner any more: the light stays as it is.
        }
        room.draw();
    }

    @Override
    public void letters(boolean large) {
        Agent.of(context).choices().chooseLetters(large);
        room.draw();
    }

    @Override
    public void language(Language chosen) {
        Agent.of(context).choices().chooseLanguage(chosen.code());
        room.draw();
    }

    @Override
    public void back() {
        room.leave();
    }
}
