package org.provision.agent.contract;

import java.util.Map;

/** The APK files of installed apps. */
public interface InstalledFiles {
    /**
     * Reads the files of one app.
     *
     * @param name of its package
     * @return SHA-256 by path of base and splits, empty for an app that is not there or that Android does not show
     */
    Map<String, Object> digest(String name) throws Refusal;
}
