"""The one list of apps: schema, APK reading, fit per tablet."""
