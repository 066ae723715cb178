package org.provision.agent.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Refusal;

/** The web proxy of one network (CONTRACT.md, "Policy"). */
public final class WifiProxy {
    private static final Pattern HOST =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final int MOST_DIRECT = 50;

    public final String host;
    public final int port;

    /** Hosts reached without it. */
    public final List<String> direct;

    public WifiProxy(String host, int port, List<String> direct) {
        this.host = host;
        this.port = port;
        this.direct = Collections.unmodifiableList(new ArrayList<>(direct));
    }

    static WifiProxy read(Fields proxy) throws Refusal {
        String host = proxy.text("host", HOST);
        int port = proxy.number("port", 1, 65535);
        List<String> direct = proxy.has("direct") ? proxy.texts("direct", HOST, MOST_DIRECT) : Collections.<String>emptyList();
        proxy.end();
        return new WifiProxy(host, port, direct);
    }

    /** As JSON members. */
    public Map<String, Object> stored() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("host", host);
        members.put("port", (long) port);
        if (!direct.isEmpty()) {
            members.put("direct", direct);
        }
        return members;
    }
}
