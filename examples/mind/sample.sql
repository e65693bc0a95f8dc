-- Makes user_item_named.csv from the two files of MIND itself, behaviors.tsv and news.tsv: one row for each user,
-- story and event, for the stories that news.tsv knows.
COPY (
    WITH logged AS (
        SELECT column1 AS "user", string_split(column3, ' ') AS history, string_split(column4, ' ') AS shown
        FROM read_csv('behaviors.tsv', delim = '\t', header = false, quote = '', all_varchar = true)
    ), event AS (
        SELECT "user", unnest(history) AS news_id, 'history_click' AS event FROM logged
        UNION
        SELECT "user", regexp_replace(story, '-[01]$', ''),
               if(story LIKE '%-1', 'impression_click', 'impression_noclick')
        FROM (SELECT "user", unnest(shown) AS story FROM logged)
    )
    SELECT "user", news_id, event, column1 AS category, column2 AS subcategory, column3 AS title
    FROM event
    JOIN read_csv('news.tsv', delim = '\t', header = false, quote = '', all_varchar = true) AS news
      ON news.column0 = event.news_id
    ORDER BY ALL
) TO 'user_item_named.csv' (HEADER);
