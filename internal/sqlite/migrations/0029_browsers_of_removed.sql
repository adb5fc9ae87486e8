-- The browsers of people who were removed. A removal deletes them from now on.
DELETE FROM push_endpoints WHERE EXISTS (SELECT 1 FROM push_subscriptions s JOIN members m ON m.org_id = s.org_id AND m.user_id = s.user_id
    WHERE s.org_id = push_endpoints.holder AND s.endpoint_hash = push_endpoints.hash AND m.removed_at IS NOT NULL);
DELETE FROM push_subscriptions WHERE (org_id, user_id) IN (SELECT m.org_id, m.user_id FROM members m WHERE m.removed_at IS NOT NULL);
