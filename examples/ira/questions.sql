-- After the audit: how many ads named a sensitive theme, how often were they shown, how many used it to exclude?
WITH named AS (
    SELECT category, ad_id, advertiser_id, any_value(impressions) AS impressions, bool_or(excluded) AS excluded,
           list(DISTINCT theme_id) AS themes
    FROM read_parquet('report/themes.parquet') JOIN ad_themes USING (theme_id) JOIN ads USING (ad_id)
    GROUP BY ALL
)
SELECT category, len(list_distinct(flatten(list(themes)))) AS themes, count(*) AS ads,
       count(*) FILTER (excluded) AS excluding, count(DISTINCT advertiser_id) AS advertisers,
       sum(impressions) AS impressions
FROM named GROUP BY category ORDER BY ads DESC, category;
