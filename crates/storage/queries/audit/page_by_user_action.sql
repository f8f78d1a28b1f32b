SELECT id, at, actor, user_id, user_name, claimed, address, action, host, target, outcome, detail
FROM audit INDEXED BY audit_user_action
WHERE user_name = :user AND action = :action AND at >= :from AND (at, id) < (:before_at, :before_id)
ORDER BY at DESC, id DESC
LIMIT :limit
