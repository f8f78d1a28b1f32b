DELETE FROM sessions WHERE user_id = :user AND id IS NOT :keep
