INSERT INTO audit
    (at, actor, user_id, user_name, claimed, address, action, host, target, outcome, detail)
VALUES
    (:at, :actor, :user_id, :user_name, :claimed, :address, :action, :host, :target, :outcome, :detail)
