package org.provision.agent.device;

import android.content.Context;
import android.content.pm.ApplicationInfo;
import android.content.pm.PackageManager;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.provision.agent.contract.Bytes;
import org.provision.agent.contract.InstalledFiles;
import org.provision.agent.contract.Refusal;
import org.provision.agent.contract.Refusal.Code;

/** Installed APK files as Android lays them: readable by every app (reference, packages document, 4.4). */
public final class ApkFiles implements InstalledFiles {
    private final Context context;

    public ApkFiles(Context context) {
        this.context = context;
    }

    @Override
    public Map<String, Object> digest(String name) throws Refusal {
        Map<String, Object> digests = new LinkedHashMap<>();
        for (String path : paths(name)) {
            try (InputStream file = new FileInputStream(path)) {
                digests.put(path, Bytes.sha256(file));
            } catch (IOException error) {
                throw new Refusal(Code.FAILED, error.getClass().getSimpleName());
            }
        }
        return digests;
    }

    private List<String> paths(String name) {
        ApplicationInfo app;
        try {
            app = context.getPackageManager().getApplicationInfo(name, 0);
        } catch (PackageManager.NameNotFoundException error) {
            return Collections.emptyList(); // from 11 on also an app that this one may not see
        }
        List<String> paths = new ArrayList<>();
        paths.add(app.sourceDir);
        if (app.splitSourceDirs != null) {
            paths.addAll(Arrays.asList(app.splitSourceDirs));
        }
        return paths;
    }
}
