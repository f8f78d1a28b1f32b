INSERT INTO protected_networks (network) VALUES (:network) ON CONFLICT DO NOTHING
