package com.android.server.art.model;

/** Of ART's service, which the frameworks lack: PackageInstallerSession of API 37 names it, so its methods need it there. */
public final class ValidationResult {
    private ValidationResult() {}
}
