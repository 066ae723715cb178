package org.provision.services;

import android.os.Build;
import java.io.IOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.zip.ZipFile;

/**
 * Names instead of types: signatures differ by release, and one source serves them all.
 * What the called code throws comes out as it is.
 */
final class Reflect {
    private static ZipFile framework;

    private Reflect() {}

    /**
     * The first of these classes that the release under test has, or null.
     * Its own jar is asked: the class loader falls back to the class path, where younger releases' classes are.
     */
    static Class<?> find(String... names) {
        for (String name : names) {
            if (isOfThisRelease(name)) {
                try {
                    return Class.forName(name, false, Reflect.class.getClassLoader());
                } catch (ClassNotFoundException broken) {
                    throw new IllegalStateException(broken);
                }
            }
        }
        return null;
    }

    static Class<?> need(String... names) {
        Class<?> found = find(names);
        if (found == null) {
            throw new IllegalStateException("API " + Build.VERSION.SDK_INT + " has none of " + Arrays.toString(names));
        }
        return found;
    }

    private static synchronized boolean isOfThisRelease(String name) {
        try {
            if (framework == null) {
                framework = new ZipFile(System.getProperty("framework." + Build.VERSION.SDK_INT));
            }
            return framework.getEntry(name.replace('.', '/') + ".class") != null;
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
    }

    /** A field of an object, or of a class when the target is one. */
    static Object get(Object target, String name) {
        try {
            return field(target, name).get(target instanceof Class ? null : target);
        } catch (IllegalAccessException error) {
            throw new IllegalStateException(error);
        }
    }

    static void set(Object target, String name, Object value) {
        try {
            Field found = field(target, name);
            found.set(target instanceof Class ? null : target, value);
        } catch (IllegalAccessException error) {
            throw new IllegalStateException(error);
        }
    }

    static boolean hasField(Object target, String name) {
        return findField(target, name) != null;
    }

    private static Field field(Object target, String name) {
        Field found = findField(target, name);
        if (found == null) {
            throw new IllegalStateException(typeOf(target) + " has no field " + name);
        }
        return found;
    }

    private static Field findField(Object target, String name) {
        for (Class<?> each = typeOf(target); each != null; each = each.getSuperclass()) {
            for (Field field : each.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        return null;
    }

    /** Calls the method of that name whose parameters take the arguments; a static one when the target is a class. */
    static Object call(Object target, String name, Object... arguments) {
        for (Class<?> each = typeOf(target); each != null; each = each.getSuperclass()) {
            for (Method method : each.getDeclaredMethods()) {
                if (method.getName().equals(name) && takes(method, arguments)) {
                    return invoke(method, target instanceof Class ? null : target, arguments);
                }
            }
        }
        throw new IllegalStateException(typeOf(target) + " has no " + name + Arrays.toString(arguments));
    }

    /** Whether there is a method of that name, whatever its parameters. */
    static boolean has(Object target, String name) {
        for (Class<?> each = typeOf(target); each != null; each = each.getSuperclass()) {
            for (Method method : each.getDeclaredMethods()) {
                if (method.getName().equals(name)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A new object by the constructor that takes the arguments. */
    static Object make(Class<?> type, Object... arguments) {
        for (Constructor<?> each : type.getDeclaredConstructors()) {
            if (takes(each, arguments)) {
                try {
                    each.setAccessible(true);
                    return each.newInstance(arguments);
                } catch (InvocationTargetException error) {
                    throw Reflect.<RuntimeException>asItIs(error.getCause());
                } catch (ReflectiveOperationException error) {
                    throw new IllegalStateException(error);
                }
            }
        }
        throw new IllegalStateException(
                Arrays.toString(type.getDeclaredConstructors()) + " take not " + Arrays.toString(arguments));
    }

    /** Whether there is a constructor with exactly these parameters. */
    static boolean isMadeWith(Class<?> type, Class<?>... parameters) {
        try {
            type.getDeclaredConstructor(parameters);
            return true;
        } catch (NoSuchMethodException absent) {
            return false;
        }
    }

    private static Object invoke(Method method, Object target, Object[] arguments) {
        try {
            method.setAccessible(true);
            return method.invoke(target, arguments);
        } catch (InvocationTargetException error) {
            throw Reflect.<RuntimeException>asItIs(error.getCause());
        } catch (IllegalAccessException error) {
            throw new IllegalStateException(error);
        }
    }

    private static boolean takes(Executable executable, Object[] arguments) {
        Class<?>[] types = executable.getParameterTypes();
        if (types.length != arguments.length) {
            return false;
        }
        for (int i = 0; i < types.length; i++) {
            Class<?> boxed = MethodType.methodType(types[i]).wrap().returnType();
            if (arguments[i] == null ? types[i].isPrimitive() : !boxed.isInstance(arguments[i])) {
                return false;
            }
        }
        return true;
    }

    private static Class<?> typeOf(Object target) {
        return target instanceof Class ? (Class<?>) target : target.getClass();
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T asItIs(Throwable error) throws T {
        throw (T) error;
    }
}
