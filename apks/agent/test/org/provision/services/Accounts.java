package org.provision.services;

import android.accounts.Account;
import android.accounts.AccountManager;
import android.accounts.AccountManagerFuture;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The accounts of user 0 and the features their authenticators claim; the account manager is played. */
final class Accounts {
    private static final String TYPE = "org.example.authenticator";

    private final Map<Account, List<String>> features = new LinkedHashMap<>();

    void add(String name, String... claimed) {
        features.put(new Account(name, TYPE), Arrays.asList(claimed));
    }

    AccountManager manager() {
        return new Recorder("AccountManager")
                .on("getAccountsAsUser", a -> all())
                .on("getAccounts", a -> all())
                .on("hasFeatures", a -> future(features.get(a[0]).containsAll(Arrays.asList((String[]) a[1]))))
                .of(AccountManager.class);
    }

    /** From 37 on the policy service asks the account service's own object. */
    void start() {
        Class<?> type = Reflect.find("com.android.server.accounts.AccountManagerService");
        if (Tablet.API >= 37) {
            Object service = new Recorder("AccountManagerService")
                    .on("getAllAccountsForSystemProcess", a -> ofUsers()).of(type);
            Reflect.call(Reflect.get(type, "sThis"), "set", service);
        }
    }

    private Object ofUsers() {
        Class<?> type = Reflect.need("android.accounts.AccountAndUser");
        Object made = Array.newInstance(type, features.size());
        int count = 0;
        for (Account each : all()) {
            Array.set(made, count++, Reflect.make(type, each, 0));
        }
        return made;
    }

    private Account[] all() {
        return features.keySet().toArray(new Account[0]);
    }

    private static Object future(Object value) {
        return new Recorder("future").yields("getResult", value).of(AccountManagerFuture.class);
    }
}
