package org.provision.services;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

import android.content.Context;
import android.net.wifi.WifiConfiguration;
import android.net.wifi.WifiInfo;
import android.net.wifi.WifiManager;
import android.os.Parcel;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.provision.agent.contract.Fields;
import org.provision.agent.contract.Json;
import org.provision.agent.contract.Refusal;
import org.provision.agent.device.AndroidOwner;
import org.provision.agent.policy.Owner;
import org.provision.agent.policy.WifiNetwork;
import org.robolectric.RobolectricTestRunner;

/**
 * Address and proxy of a network: what Android's own {@code WifiConfiguration} makes of them, and whom its policy service tells the
 * radio's address. Played is the Wi-Fi service, which is in no jar.
 */
@RunWith(RobolectricTestRunner.class)
public final class NetworkChoicesTest {
    private static final String CHOSEN =
            "{'ssid':'HOPITAL','security':'open','hidden':false,'mac':'factory','proxy':{'host':'proxy.example','port':3128%s}}";
    private static final String ADDRESS = "5C:0A:5B:00:00:42";

    @Test
    public void whatIsChosenTravelsToAndroidAndBack() throws Exception {
        Owner.Network held = sendThrough(String.format(CHOSEN, ",'direct':['visio.example','10.0.0.7']"));
        assertEquals(Tablet.API >= 33, held.factoryMac);
        String told = held.proxy == null ? null : Json.write(held.proxy.stored());
        String wanted = "{\"direct\":[\"visio.example\",\"10.0.0.7\"],\"host\":\"proxy.example\",\"port\":3128}";
        assertEquals(Tablet.API >= 26 ? wanted : null, told);
        assertEquals("no address was made up yet", null, held.madeUpMac);
    }

    @Test
    public void noExceptionsAreNone() throws Exception {
        Owner.Network held = sendThrough(String.format(CHOSEN, ""));
        String told = held.proxy == null ? null : Json.write(held.proxy.stored());
        assertEquals(Tablet.API >= 26 ? "{\"host\":\"proxy.example\",\"port\":3128}" : null, told);
    }

    @Test
    public void whatIsNotChosenEndsWhatWas() throws Exception {
        WifiConfiguration made = make("{'ssid':'HOPITAL','security':'open','hidden':false}");
        if (Tablet.API >= 26) { // Android's update leaves a proxy of which the new entry says nothing
            assertEquals("NONE", String.valueOf(Reflect.call(made, "getProxySettings")));
        }
        Owner.Network held = read(made);
        assertEquals(false, held.factoryMac);
        assertEquals(null, held.proxy);
    }

    @Test
    public void theOwnerAloneIsToldTheAddress() throws Exception {
        if (Tablet.API < 24) {
            assertThrows(UnsupportedOperationException.class, () -> ask(new Tablet().start().owned()));
            return;
        }
        assertEquals(ADDRESS.toLowerCase(java.util.Locale.ROOT), ask(new Tablet().start().owned()));
        Tablet without = new Tablet().start();
        without.setUp(true);
        assertThrows(SecurityException.class, () -> ask(without));
    }

    private static Object ask(Tablet tablet) throws Exception {
        Object info = Reflect.make(WifiInfo.class);
        Reflect.call(info, "setMacAddress", ADDRESS);
        Recorder wifi = new Recorder("WifiManager")
                .yields("getConnectionInfo", info)
                .yields("getFactoryMacAddresses", new String[] {ADDRESS});
        tablet.system.serve(Context.WIFI_SERVICE, wifi.of(WifiManager.class));
        Owner owner = tablet.as(Identity.AGENT, () -> new AndroidOwner(new AgentContext(tablet)));
        return tablet.as(Identity.AGENT, owner::getWifiMacAddress);
    }

    private static Owner.Network sendThrough(String network) throws Exception {
        WifiConfiguration made = make(network);
        Parcel parcel = Parcel.obtain();
        made.writeToParcel(parcel, 0);
        parcel.setDataPosition(0);
        return read(WifiConfiguration.CREATOR.createFromParcel(parcel));
    }

    private static WifiConfiguration make(String network) throws Exception {
        Map<?, ?> members = (Map<?, ?>) Json.read(network.replace('\'', '"'));
        WifiNetwork read = WifiNetwork.read(Fields.of(members, "network", Refusal.Code.ORDER_INVALID), null, "networks.0");
        return (WifiConfiguration) Reflect.call(radio(), "configuration", read);
    }

    private static Owner.Network read(WifiConfiguration network) throws Exception {
        return (Owner.Network) ((List<?>) Reflect.call(radio(), "networks", Collections.singletonList(network))).get(0);
    }

    private static Class<?> radio() throws ClassNotFoundException {
        return Class.forName("org.provision.agent.device.WifiRadio");
    }
}
