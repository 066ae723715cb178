package org.provision.agent;

/** A screen that remembers what it was asked to show. */
final class FakeScreen implements Screen {
    int shownSeconds;

    @Override
    public void show(int seconds) {
        shownSeconds = seconds;
    }

    @Override
    public void refresh() {}

    @Override
    public void update() {}

    @Override
    public void reset() {}
}
