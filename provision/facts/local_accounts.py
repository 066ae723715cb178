"""Types of account that a maker's own contacts app makes: they hold no person, and come back after a reset.

Android counts them like any other before it takes a device owner (packages document 6.2). A type stands here when
public code treats it as the tablet's own memory or its SIM card: Contacts and Settings of Unisoc's trees
(`PhoneAccountType`, `MasterClear`), MediaTek's Contacts, and apps that tell local contacts of many makers apart.
"""

from __future__ import annotations

LOCAL_TYPES = frozenset({
    "sprd.com.android.account.phone", "sprd.com.android.account.sim", "sprd.com.android.account.usim",  # Unisoc
    "Local Phone Account", "SIM Account", "USIM Account", "UIM Account", "RUIM Account", "CSIM Account",  # MediaTek
    "com.android.localphone", "com.android.sim", "com.android.contacts.sim",  # Lenovo, Letv, Qualcomm
    "com.android.huawei.phone", "com.android.huawei.sim", "com.android.huawei.secondsim",
    "vnd.sec.contact.phone", "vnd.sec.contact.sim", "vnd.sec.contact.sim2", "vnd.sec.contact.agg.account_type",
    "vnd.sec.contact.phone_personal", "vnd.sec.contact.phone_knox",
    "com.oppo.contacts.device", "com.coloros.contacts.device", "vnd.oneplus.contact.phone", "DeviceOnly",  # Meizu
    "com.motorola.blur.contacts.UNCONNECTED_ACCOUNT", "com.motorola.android.simcontactadapter",
    "com.android.contacts.default", "vnd.tmobileus.contact.phone",
    "asus.local.phone", "asus.local.simcard", "asus.local.simcard2",
    "com.coolpad.contacts", "com.coolpad.card.contacts",
    "com.htc.android.pcsc", "com.htc.contacts.sim",
    "com.sonyericsson.localcontacts", "com.sonyericsson.adncontacts", "com.sonyericsson.sdncontacts",
    "com.lge.phone", "com.lge.sync", "com.lge.sim",
})  # fmt: skip
