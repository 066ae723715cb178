"""Who signed an APK, verified as Android verifies it: schemes v1, v2, v3 and v3.1, per release.

Formats: source.android.com, "APK Signature Scheme v2", "v3", "v3.1" and "Application signing"; the ZIP
format's APPNOTE.TXT; JAR File Specification; RFC 5652 (PKCS #7 is its older name).
"""
