package org.provision.services;

import android.os.Binder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mockito.Answers;
import org.mockito.Mockito;
import org.mockito.invocation.InvocationOnMock;
import org.mockito.stubbing.Answer;

/**
 * A stand-in for one collaborator of the real services: answers from a table, else nothing (null, 0, false).
 * Every call whose name is not a question's goes to the journal.
 */
final class Recorder implements Answer<Object> {
    /** What a method does instead. */
    interface Act {
        Object on(Object[] arguments) throws Throwable;
    }

    private static final List<String> JOURNAL = Collections.synchronizedList(new ArrayList<String>());
    private static final List<String> QUESTIONS =
            Arrays.asList("get", "is", "has", "check", "query", "resolve", "can", "toString", "hashCode", "asBinder");
    private static final int LONGEST = 110;

    private final String name;
    private final Map<String, Act> acts = new HashMap<>();
    private final Map<Class<?>, Object> children = new HashMap<>();
    private Object original;

    Recorder(String name) {
        this.name = name;
    }

    /** What the table does not answer goes to this object. */
    Recorder over(Object object) {
        original = object;
        return this;
    }

    /** All methods of that name, whatever their parameters. */
    Recorder on(String method, Act act) {
        acts.put(method, act);
        return this;
    }

    Recorder yields(String method, Object value) {
        return on(method, arguments -> value);
    }

    /** What stands in the table for that method, or null. */
    Act act(String method) {
        return acts.get(method);
    }

    /** An object of that type that answers from this table. */
    <T> T of(Class<T> type) {
        return Mockito.mock(type, Mockito.withSettings().defaultAnswer(this).stubOnly());
    }

    /** As {@link #of(Class)}, of the first of these types that the release has. */
    Object of(String... names) {
        return of(Reflect.need(names));
    }

    @Override
    public Object answer(InvocationOnMock call) throws Throwable {
        String method = call.getMethod().getName();
        if (QUESTIONS.stream().noneMatch(method::startsWith)) {
            note(name + "." + method, call.getArguments());
        }
        Act act = acts.get(method);
        if (act != null) {
            return act.on(call.getArguments());
        }
        if (original != null) {
            try {
                return call.getMethod().invoke(original, call.getArguments());
            } catch (InvocationTargetException error) {
                throw error.getCause();
            }
        }
        if (method.equals("asBinder")) {
            return new Binder();
        }
        Class<?> type = call.getMethod().getReturnType();
        if (isService(type)) {
            return children.computeIfAbsent(type, each -> new Recorder(name + "." + method + "()").of(each));
        }
        return Answers.RETURNS_DEFAULTS.answer(call);
    }

    /** Services and their inner sides are followed with a recorder of their own; data are not. */
    private static boolean isService(Class<?> type) {
        String word = type.getSimpleName();
        return !Modifier.isFinal(type.getModifiers())
                && type.getName().contains("android.")
                && word.matches(".*(Internal|Manager|Local|Utils)|I[A-Z].*");
    }

    /** Adds a line to the journal. */
    static void note(String what, Object... arguments) {
        List<String> words = new ArrayList<>();
        for (Object each : arguments) {
            String word = each instanceof Object[]
                    ? Arrays.toString((Object[]) each)
                    : each instanceof int[] ? Arrays.toString((int[]) each) : String.valueOf(each);
            words.add(word.length() > LONGEST ? word.substring(0, LONGEST) + "…" : word);
        }
        String line = what + "(" + String.join(", ", words) + ")";
        JOURNAL.add(line.replaceAll("@[0-9a-f]{4,}", "@"));
    }

    /** All lines since the last time, oldest first. */
    static List<String> drain() {
        synchronized (JOURNAL) {
            List<String> all = new ArrayList<>(JOURNAL);
            JOURNAL.clear();
            return all;
        }
    }
}
