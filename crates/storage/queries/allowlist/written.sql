UPDATE allowlist SET written = :written WHERE id = :id AND written IS NULL
