package org.provision.services;

import android.accounts.Account;
import android.accounts.AccountManager;
import android.accounts.AccountManagerFuture;
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

    private Account[] all() {
        return features.keySet().toArray(new Account[0]);
    }

    private static Object future(Object value) {
        return new Recorder("future").yields("getResult", value).of(AccountManagerFuture.class);
    }
}
