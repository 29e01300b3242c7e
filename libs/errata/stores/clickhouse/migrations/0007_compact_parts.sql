-- A part below this size is one file for all columns, not two for each: events have fifty columns and two projections,
-- and by default a part of 1,000 of them, 10 MB, is several hundred files to be made, renamed and removed again, most of
-- what such an insert costs. Merges make the files of columns once it pays: from some 13,000 events on.
ALTER TABLE events MODIFY SETTING min_bytes_for_wide_part = 134217728;
