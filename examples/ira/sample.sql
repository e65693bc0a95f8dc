-- For sqlite3: prints ira_facebook_ads.csv from russian-ads.db, one row for each ad with its targets in one field.
SELECT ads.id, text, clicks, impressions, spend_amount, spend_currency, created, ended, url,
       group_concat(targets.name, ' | ') AS targets
FROM ads
JOIN ad_targets ON ad_targets.ad_id = ads.id
JOIN targets ON targets.id = ad_targets.target_id
GROUP BY ads.id
ORDER BY ads.id;
