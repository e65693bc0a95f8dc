-- Turns ira_facebook_ads.csv (id, text, clicks, impressions, spend_amount, spend_currency, created, ended, url,
-- targets) into the tables of docs/reference/records.md. Run in the folder where the CSV lies; README.md beside
-- this file says how. There are no people in the source, and none are made up here.

CREATE OR REPLACE TEMP MACRO without_keys(target) AS regexp_replace(target, '(?i)^(\s*(people_who_match|'
    'and_must_also_match|exclude|\w*(interests|behaviors|politics|industry|employers|job[_ ]title|'
    'field[_ ]of[_ ]study|multicultural[_ ]affinity|home[_ ]composition|school))\s*:\s*)+', '');

-- An advertiser is what an ad leads to: a Facebook or Instagram page or event, or else a site. The text recognition
-- of the source took l, I, | and 1 for each other, and c, o and 0, h and n, dashes (8212) and hyphens: spellings
-- that differ so are one.
CREATE OR REPLACE TABLE ads AS
WITH raw AS (
    SELECT *, regexp_extract(
        regexp_replace(lower(coalesce(url, 'unknown')), '^https?://(www\.)?', ''),
        '^(\w*(book|gram)\.\wom/?(events/)?[^/?]*|[^/?]*)') AS face
    FROM read_csv('ira_facebook_ads.csv', header = true, all_varchar = true))
SELECT id AS ad_id,
       mode(face) OVER (PARTITION BY translate(face, '|i1oc0h' || chr(8212), 'lll000n-')) AS advertiser_id,
       created::TIMESTAMPTZ AS created, ended::TIMESTAMPTZ AS ended,
       coalesce(impressions::BIGINT, 0) AS impressions, coalesce(clicks::BIGINT, 0) AS clicks, targets
FROM raw;

-- The interests, behaviours, politics, studies and jobs that an ad names, also to exclude. Ages, places, devices
-- and the fans of a page are not themes that Facebook offers.
CREATE OR REPLACE TABLE ad_themes AS
WITH target AS (SELECT ad_id, trim(unnest(string_split(targets, ' | '))) AS target FROM ads)
SELECT DISTINCT ad_id, lower(without_keys(target)) AS theme_id, without_keys(target) AS name,
       target ILIKE 'exclude:%' AS excluded
FROM target
WHERE without_keys(target) NOT IN (target, '')
  AND NOT regexp_matches(without_keys(target), '(?i)^(people who like|friends of connections|facebook[_ ]access)');

CREATE OR REPLACE TABLE themes AS
SELECT theme_id, min(name) AS name, 'en' AS lang FROM ad_themes GROUP BY theme_id;

-- Nobody had verified who stood behind these pages: that was the affair.
CREATE OR REPLACE TABLE advertisers AS
SELECT DISTINCT advertiser_id, advertiser_id AS name, false AS verified FROM ads;

-- An ad's run is a grant. Where the end is missing or before the start, a day: half of the ads ran no longer.
CREATE OR REPLACE TABLE grants AS
SELECT advertiser_id, theme_id, created AS since,
       if(ended > created, ended, created + INTERVAL 1 DAY) AS until
FROM ads JOIN ad_themes USING (ad_id)
WHERE created IS NOT NULL;
