import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the tests of the class file reader read; made with `javac --release 8 -g:none Sample.java`. */
public class Sample {
    public static final String KEY = "no_config_wifi";
    public static final int NUMBER = 40000;
    static final String[] ARRAY = {"a", "b"};
    static final List<String> BUILT = new ArrayList<>();
    static final Map<String, Integer> FLAGS = new HashMap<>();

    static {
        BUILT.add("c");
        BUILT.add("d");
        FLAGS.put("e", 1);
        FLAGS.put("f", 0);
    }

    public int onCommand(String verb, int[] counts, Map.Entry<String, String> pair) {
        switch (verb) {
            case "install":
                return 2000;
            case "list":
                return helper(pair.getKey());
            default:
                return "old-form".equals(verb) ? 604800 : -1;
        }
    }

    private int helper(String text) {
        switch (text.length()) {
            case 3:
                return 1;
            case 1000:
                return 2;
            default:
                return 0;
        }
    }

    private int other(String text) {
        return text == null ? 1 : 2;
    }
}
