import com.android.apksig.ApkVerifier;
import java.io.File;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.TreeSet;

/** Debian's apksigner as a library: each file at each API level, "FILE LEVEL SIGNERS|-" a line. */
final class Verify {
    public static void main(String[] arguments) throws Exception {
        String[] levels = arguments[0].split(",");
        for (File file : new File(arguments[1]).listFiles((folder, name) -> name.endsWith(".apk"))) {
            for (String level : levels) {
                System.out.println(file.getName() + " " + level + " " + verify(file, Integer.parseInt(level)));
            }
        }
    }

    private static String verify(File file, int level) throws Exception {
        try {
            ApkVerifier.Result result = new ApkVerifier.Builder(file)
                    .setMinCheckedPlatformVersion(level)
                    .setMaxCheckedPlatformVersion(level)
                    .build()
                    .verify();
            if (!result.isVerified()) {
                return "-";
            }
            TreeSet<String> signers = new TreeSet<>();
            for (X509Certificate each : result.getSignerCertificates()) {
                signers.add(digest(each));
            }
            return String.join(",", signers);
        } catch (Exception unreadable) {
            return "-";
        }
    }

    private static String digest(X509Certificate certificate) throws Exception {
        StringBuilder text = new StringBuilder();
        for (byte each : MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())) {
            text.append(String.format("%02x", each));
        }
        return text.toString();
    }
}
