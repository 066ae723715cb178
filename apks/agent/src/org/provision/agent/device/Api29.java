package org.provision.agent.device;

import android.net.MacAddress;
import android.net.wifi.WifiConfiguration;

/** Calls that exist from API 29 on. */
@SuppressWarnings("deprecation") // WifiConfiguration is refused to other apps from 29 on
final class Api29 {
    /** What Android tells apps that may not know, and before it made one up. */
    private static final String UNTOLD = "02:00:00:00:00:00";

    private Api29() {}

    /** The address that Android made up for a network; null for none. It tells the app that saved it. */
    static String madeUpAddress(WifiConfiguration network) {
        MacAddress made = network.getRandomizedMacAddress();
        return made == null || made.toString().equals(UNTOLD) ? null : made.toString();
    }
}
