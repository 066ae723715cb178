package org.provision.agent.device;

import android.app.admin.DevicePolicyManager;
import android.content.ComponentName;
import android.content.Context;
import android.os.Build;
import android.security.KeyChain;
import android.security.KeyChainException;
import java.security.GeneralSecurityException;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.provision.agent.policy.WifiKeys;

/**
 * {@link WifiKeys} in Android's KeyChain, which may be asked on a thread of work only. Where its app does not answer, or holds what is no
 * certificate, {@link KeyChain} throws an {@link AssertionError}, which says so and is no end of this process.
 */
final class WifiKeychain implements WifiKeys {
    private final Context context;
    private final DevicePolicyManager policy;
    private final ComponentName admin;

    WifiKeychain(Context context, DevicePolicyManager policy, ComponentName admin) {
        this.context = context;
        this.policy = policy;
        this.admin = admin;
    }

    @Override
    public boolean exists(String alias) {
        requireKeychain();
        return Api31.hasKey(policy, alias);
    }

    @Override
    public byte[] make(String alias) throws GeneralSecurityException {
        requireKeychain();
        try {
            return Api31.makeKey(policy, admin, alias);
        } catch (AssertionError error) {
            throw new KeyStoreException(error);
        }
    }

    @Override
    public byte[] sign(String alias, byte[] data) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(privateKey(alias));
        signature.update(data);
        return signature.sign();
    }

    @Override
    public boolean certify(String alias, List<X509Certificate> chain) {
        requireKeychain();
        return Api31.setCertificate(policy, admin, alias, chain);
    }

    @Override
    public List<byte[]> certificates(String alias) throws GeneralSecurityException {
        List<byte[]> all = new ArrayList<>();
        try {
            X509Certificate[] chain = KeyChain.getCertificateChain(context, alias);
            for (X509Certificate each : chain == null ? new X509Certificate[0] : chain) {
                all.add(each.getEncoded());
            }
            return all;
        } catch (KeyChainException | AssertionError error) {
            throw new KeyStoreException(error);
        } catch (InterruptedException error) {
            throw interrupted(error);
        }
    }

    @Override
    public boolean grant(String alias) {
        requireKeychain();
        return Api31.grantToWifi(policy, alias);
    }

    @Override
    public boolean isGranted(String alias) {
        requireKeychain();
        return Api31.isGrantedToWifi(policy, alias);
    }

    @Override
    public boolean remove(String alias) {
        requireKeychain();
        return Api31.removeKey(policy, admin, alias);
    }

    private PrivateKey privateKey(String alias) throws GeneralSecurityException {
        try {
            PrivateKey key = KeyChain.getPrivateKey(context, alias);
            if (key == null) {
                throw new KeyStoreException("no key");
            }
            return key;
        } catch (KeyChainException | AssertionError error) {
            throw new KeyStoreException(error);
        } catch (InterruptedException error) {
            throw interrupted(error);
        }
    }

    private static KeyStoreException interrupted(InterruptedException error) {
        Thread.currentThread().interrupt();
        return new KeyStoreException(error);
    }

    private static void requireKeychain() {
        if (Build.VERSION.SDK_INT < 31) {
            throw new UnsupportedOperationException("needs API 31");
        }
    }
}
