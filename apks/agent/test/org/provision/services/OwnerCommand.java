package org.provision.services;

import android.content.ComponentName;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/**
 * {@code dpm set-device-owner} as uid 2000.
 * From 31 on it is Android's own command. Below, the tool's Java is not in the releases' jars: its known five steps
 * around the service's own answers are played here (add the admin, set the owner, on refusal remove the admin and
 * pass the exception on, from 24 on set the provisioning state).
 */
final class OwnerCommand {
    /** What a shell sees; of a thrown exception's stack its first line only. */
    static final class Answer {
        final int status;
        final String out;
        final String err;

        Answer(int status, String out, String err) {
            this.status = status;
            this.out = out;
            this.err = err;
        }
    }

    private final Tablet tablet;

    OwnerCommand(Tablet tablet) {
        this.tablet = tablet;
    }

    Answer setDeviceOwner(ComponentName admin) throws Exception {
        if (Tablet.API >= 31) {
            return shell("set-device-owner", admin.flattenToShortString());
        }
        try {
            tablet.as(Identity.SHELL, () -> {
                setOwnerOrThrow(admin);
                return null;
            });
            return new Answer(0, success(admin), "");
        } catch (Exception error) {
            return framed(error);
        }
    }

    private void setOwnerOrThrow(ComponentName admin) {
        tablet.policy.addAdmin(admin, true);
        try {
            if (!tablet.policy.makeOwner(admin)) {
                Object what = Tablet.API < 24 ? admin.getPackageName() : admin;
                throw new RuntimeException("Can't set package " + what + " as device owner.");
            }
        } catch (RuntimeException error) {
            Reflect.call(tablet.policy.service(), "removeActiveAdmin", admin, 0);
            throw error;
        }
        if (Tablet.API >= 24) {
            Reflect.call(tablet.policy.service(), "setUserProvisioningState", 3, 0);
        }
    }

    private static String success(ComponentName admin) {
        String who = Tablet.API < 24 ? admin.getPackageName() : admin.toString();
        return "Success: Device owner set to package " + who + "\nActive admin set to component {"
                + admin.flattenToString() + "}\n";
    }

    /** A bad argument is an error line after the usage (not repeated here) with status 0; the rest is a stack. */
    private static Answer framed(Exception error) {
        return error instanceof IllegalArgumentException
                ? new Answer(0, "", "Error: " + error.getMessage() + "\n")
                : new Answer(1, "", error + "\n");
    }

    /** {@code dpm WORDS} by Android's own command (31 on). */
    private Answer shell(String... words) throws Exception {
        File out = new File(Tablet.data(), "stdout");
        File err = new File(Tablet.data(), "stderr");
        Object service = tablet.policy.service();
        Object command = Reflect.make(Reflect.need(PolicyService.TYPE + "ShellCommand"), service);
        int status;
        try (FileInputStream in = new FileInputStream("/dev/null");
                FileOutputStream to = new FileOutputStream(out);
                FileOutputStream errors = new FileOutputStream(err)) {
            status = tablet.as(Identity.SHELL, () -> (Integer) Reflect.call(
                    command, "exec", service, in.getFD(), to.getFD(), errors.getFD(), words));
        }
        return new Answer(status & 0xff, read(out), read(err)); // a shell sees one byte of it
    }

    private static String read(File file) throws IOException {
        return new String(Files.readAllBytes(file.toPath()), StandardCharsets.UTF_8).replaceAll("(?m)^\\tat .*\n", "");
    }
}
