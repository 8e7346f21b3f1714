-- The desk: appeals by the case they are against; what rules would have done, tried from the desk; bounds for one person.
create index appeals_about_case on appeals (about_case_id) where about_case_id is not null;
