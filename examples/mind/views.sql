-- Turns user_item_named.csv (user, news_id, event, category, subcategory, title) into the tables of
-- docs/reference/records.md. Run in the folder where the CSV lies; README.md beside this file says how.

CREATE OR REPLACE TEMP VIEW raw AS
SELECT "user" AS person_id, news_id, event, category, subcategory, title
FROM read_csv('user_item_named.csv', header = true, all_varchar = true);

-- MIND says nothing about where its users live.
CREATE OR REPLACE TABLE people AS
SELECT DISTINCT person_id, NULL::VARCHAR AS country FROM raw;

CREATE OR REPLACE TABLE items AS
SELECT news_id AS item_id, if(any_value(category) = 'video', 'video', 'url') AS kind,
       any_value(title) AS name, 'en' AS lang
FROM raw GROUP BY news_id;

-- Two kinds of audience that a publisher can make of clicks: readers of a section, and readers of one story.
CREATE OR REPLACE TABLE themes AS
SELECT DISTINCT 'section:' || category || '/' || subcategory AS theme_id, subcategory AS name, category AS path,
       'en' AS lang
FROM raw
UNION ALL
SELECT 'story:' || news_id, any_value(title), any_value(category || ' > ' || subcategory), 'en'
FROM raw GROUP BY news_id;

CREATE OR REPLACE TABLE item_themes AS
SELECT DISTINCT news_id AS item_id, 'section:' || category || '/' || subcategory AS theme_id,
       1::DOUBLE AS weight
FROM raw
UNION ALL
SELECT DISTINCT news_id, 'story:' || news_id, 1 FROM raw;

-- What was shown and not clicked is no act of the person. The file has no times: the clicks of a user's history
-- stand on the first day of the impressions, the clicks on impressions on the last.
CREATE OR REPLACE TABLE behaviours AS
SELECT person_id, news_id AS item_id, 'click' AS kind,
       if(event = 'history_click', '2019-11-09T00:00Z', '2019-11-14T00:00Z')::TIMESTAMPTZ AS occurred_at
FROM raw WHERE event IN ('history_click', 'impression_click');
