SELECT count(*) FROM own_bans WHERE over_at > :at
