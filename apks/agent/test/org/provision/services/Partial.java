package org.provision.services;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.mockito.Mockito;

/**
 * An object of system_server whose constructor would start half of Android: made without it. Named methods are
 * Android's own, the others a recorder's; its collections are empty, its locks there.
 */
final class Partial {
    private static final String COLLECTIONS = "java\\.util\\.(Array|Hash|Linked)\\w+|android\\.util\\.(Sparse|Array)\\w+";

    private Partial() {}

    /** Methods of `real` are Android's own unless the recorder's table has them. */
    static Object of(Class<?> type, Recorder others, String... real) {
        Set<String> own = new HashSet<>(Arrays.asList(real));
        Object made = Mockito.mock(type, Mockito.withSettings().stubOnly().defaultAnswer(call -> {
            String name = call.getMethod().getName();
            return own.contains(name) && others.act(name) == null ? call.callRealMethod() : others.answer(call);
        }));
        each(type, field -> fill(made, field, make(field.getType())));
        return made;
    }

    /** As {@link #of}, and every server it holds is a recorder: costly for a type that holds many. */
    static Object amongRecorders(Class<?> type, Recorder others, String... real) {
        Object made = of(type, others, real);
        each(type, field -> {
            if (isServer(field.getType())) {
                fill(made, field, new Recorder(field.getName()).of(field.getType()));
            }
        });
        return made;
    }

    /** Sets a field where the release has it. */
    static void set(Object target, String field, Object value) {
        if (Reflect.hasField(target, field)) {
            Reflect.set(target, field, value);
        }
    }

    private static void each(Class<?> type, Consumer<Field> act) {
        for (Class<?> each = type; each != Object.class; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    act.accept(field);
                }
            }
        }
    }

    private static void fill(Object made, Field field, Object value) {
        if (value != null && Reflect.get(made, field.getName()) == null) {
            Reflect.set(made, field.getName(), value);
        }
    }

    /** A lock or an empty collection, null for other types. */
    private static Object make(Class<?> type) {
        boolean lock = type == Object.class || type.getSimpleName().endsWith("GlobalLock");
        return lock || type.getName().matches(COLLECTIONS) ? Reflect.make(type) : null;
    }

    private static boolean isServer(Class<?> type) {
        return type.getName().startsWith("com.android.server.") && !type.isEnum() && !Modifier.isFinal(type.getModifiers());
    }
}
