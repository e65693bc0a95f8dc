-- After the audit: which audiences carry its figures?
SELECT category, evidence, left(name, 58) AS theme, count(DISTINCT person_id) AS people
FROM read_parquet('report/themes.parquet')
JOIN item_themes USING (theme_id)
JOIN behaviours USING (item_id)
WHERE category NOT IN ('children', 'crime-victim', 'financial-hardship', 'origin-status') -- not in GDPR Art. 9, 10
GROUP BY category, evidence, theme_id, name
ORDER BY people DESC, category, theme LIMIT 10;
