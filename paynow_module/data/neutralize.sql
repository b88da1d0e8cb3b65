-- links that were mailed open nothing in a copy, and those that the copy makes open
-- nothing in the original, although both may sign with the same secret
UPDATE res_partner
   SET paynow_link_key = 1000000 + floor(random() * 1000000000)::int;

-- codes that were mailed, too
UPDATE paynow_code
   SET is_void = true;

-- nobody is charged automatically, whatever scheduled action is switched on again
UPDATE res_company
   SET paynow_autopay_stopped = true;

-- the pages say what they are
UPDATE ir_ui_view
   SET active = true
 WHERE key IN ('paynow_module.neutralize_form', 'paynow_module.neutralize_layout');
