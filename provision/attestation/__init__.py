"""What a tablet's own key is worth: chains of Android Key Attestation, read and verified without a network."""
