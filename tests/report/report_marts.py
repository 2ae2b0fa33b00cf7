"""The marts that the report reads, written by hand: ten projects, so that each share can be worked out mentally."""

from __future__ import annotations

from pathlib import Path

import duckdb

PROJECTS = """
    create table projects as
    select
        row_number() over ()::integer as project_id,
        *,
        'month' as newest_upload_precision,
        'unobserved' as publishing_evidence,
        if(is_top1pct, ['top1pct'], []) as critical_by,
        null::varchar as publisher_repository,
        null::bigint as dependents_direct,
        null::bigint as dependents_transitive,
        null::boolean as has_single_owner
    from (values
        ('alpha', 1, 'top_100', true, timestamp '2026-09-01 00:00:00', 'enforced'),
        ('beta', 2, 'top_100', true, timestamp '2024-03-01 00:00:00', 'announced'),
        ('gamma', 3, 'top_100', true, timestamp '2020-05-01 00:00:00', 'none'),
        ('delta', 4, 'top_100', true, null, 'unknown'),
        ('epsilon', 101, 'top_1000', true, timestamp '2026-08-01 00:00:00', 'enforced'),
        ('zeta', 102, 'top_1000', true, timestamp '2021-01-01 00:00:00', 'none'),
        ('eta', 1001, 'top_1pct', true, timestamp '2025-02-01 00:00:00', 'enforced'),
        ('theta', 9000, 'top_15000', false, timestamp '2024-09-01 00:00:00', 'enforced'),
        ('iota', null, 'long_tail', false, timestamp '2019-07-01 00:00:00', 'none'),
        ('kappa', null, 'long_tail', false, timestamp '2026-10-01 00:00:00', 'enforced')
    ) as rows (project, download_rank, tier, is_top1pct, newest_upload_at, two_factor_evidence)
"""

UNOBSERVED = """
    create table adoption_monthly (
        month date, tier varchar, measure varchar, unit varchar, numerator bigint, denominator bigint, total bigint,
        is_census boolean, share double, share_low double, share_high double
    );
    create table estimates (
        name varchar, term varchar, estimate double, low double, high double, n bigint, method varchar,
        reference varchar, reason varchar
    );
    create table accounts (account varchar, critical_project_count hugeint, shown_two_factor boolean);
    create table account_concentration (account_share double, downloads_share double);
    create table dependency_exposure (
        project varchar, tier varchar, most_exposed_dependency varchar, closure_size bigint,
        closure_without_evidence_count bigint, closure_unobserved_count bigint, closure_unfollowed_count bigint,
        closure_unlisted_count bigint
    );
    create table changes (
        source varchar, period varchar, previous_period varchar, project varchar, what varchar, before varchar,
        after varchar
    );
    create table project_history (
        source varchar, period varchar, observed_on date, project varchar, two_factor_evidence varchar,
        publishing_evidence varchar, organization varchar, download_rank bigint, owner_count bigint,
        newest_upload_precision varchar, status varchar, publisher_kind varchar
    );
    insert into project_history
    select
        'given', '2026-10', date '2026-10-31', project, two_factor_evidence, publishing_evidence, null, download_rank,
        null, newest_upload_precision, null, null
    from projects where download_rank is not null;
    insert into estimates values
        ('share_attested', 'all', null, null, null, 0, 'clustered by owner', '', 'no units were observed'),
        ('hazard_ratio', '', null, null, null, 0, 'Cox model', '', 'no provenance was observed'),
        ('activity_level_change', '', null, null, null, 0, 'segmented regression', '', 'no months'),
        ('accounts_two_factor_share', 'all', null, null, null, 0, 'bounds', '', 'no roles were observed')
"""
"""What a source without files, roles and requirements leaves empty."""

SHARES = """
    create table asked as
    select
        *,
        if(
            measure = 'attested',
            publishing_evidence not in ('unobserved', 'not_observable'),
            two_factor_evidence <> 'unknown'
        ) as is_known
    from (select
        tier,
        critical_by,
        two_factor_evidence,
        publishing_evidence,
        unnest([
            {'measure': 'evidence_shown', 'holds': two_factor_evidence in ('trusted_publisher', 'enforced')},
            {'measure': 'evidence_shown_or_announced', 'holds': two_factor_evidence not in ('none', 'unknown')},
            {'measure': 'attested', 'holds': publishing_evidence = 'attested'}
        ], recursive := true)
        from projects
    );

    create table tier_summary as
    select
        coalesce(tier, 'all') as tier,
        measure,
        'projects' as unit,
        count(*) filter (where holds and is_known) as numerator,
        count(*) filter (where is_known) as denominator,
        count(*) as total,
        denominator = total as is_census,
        numerator / nullif(denominator, 0) as share,
        if(denominator = total, null, share - 0.1) as share_low,
        if(denominator = total, null, share + 0.1) as share_high
    from asked
    group by grouping sets ((tier, measure), (measure));

    create table headline_sensitivity as
    select
        if(measure = 'attested', 'attested', 'two_factor_shown') as headline,
        criticality,
        case measure
            when 'evidence_shown' then 'enforced'
            when 'evidence_shown_or_announced' then 'announced'
        end as cut_date,
        'plain' as denominator_kind,
        'projects' as unit,
        if(count_if(is_known) = 0, null, count(*) filter (where holds and is_known)) as numerator,
        count(*) filter (where is_known) as denominator,
        count(*) as total,
        denominator = total as is_census,
        numerator / nullif(denominator, 0) as share,
        if(denominator = total, null, share - 0.1) as share_low,
        if(denominator = total, null, share + 0.1) as share_high
    from (select *, unnest(list_concat(['all'], critical_by)) as criticality from asked)
    group by measure, criticality
"""

RISK_REGISTER = """
    create table risk_register as
    select
        row_number() over (order by download_rank)::integer as position,
        project,
        tier,
        [case two_factor_evidence
            when 'none' then 'no_upload_since_mandate'
            when 'announced' then 'no_upload_since_enforcement'
            else 'newest_upload_unknown'
        end] as reasons,
        two_factor_evidence,
        publishing_evidence,
        newest_upload_precision,
        download_rank,
        null::bigint as downloads_30d,
        null::integer as owner_count,
        null::integer as dependents_transitive,
        newest_upload_at
    from projects
    where is_top1pct and two_factor_evidence not in ('enforced', 'trusted_publisher')
"""

FACTS = """
    create table milestones as select * from (values
        (date '2023-05-25', '2fa-for-all-maintainers-announced', '2fa', 'Plan', 'Announcement only.', 'a post'),
        (date '2024-01-01', '2fa-required-for-all-users', '2fa', 'Required', 'Tokens were not tested.', 'a post'),
        (date '2024-08-02', 'token-upload-requires-2fa', '2fa', 'Tested', 'Tokens are tested.', 'a change'),
        (date '2024-11-14', 'attestations-announced', 'attestations', 'Attestations', 'By default.', 'a post')
    ) as rows (date, id, category, title, effect, source);

    create table official_figures as select * from (values
        ('2023-05-29', 'users_with_2fa', 38000.0, 'users', 'accounts', 'secondary: a paper', date '2023-05-29', true),
        ('2024-08-16', 'users_with_2fa', 140000.0, 'users', 'lower bound', 'a post', date '2024-08-16', false),
        ('2024-08-16', 'users_total', 800000.0, 'users', 'approximate number', 'a post', date '2024-08-16', false)
    ) as rows (as_of, metric, value, unit, denominator_or_definition, source, as_of_date, is_secondary);

    create table publisher_share_official as select * from (values
        (date '2024-02-01', 10.8, 0.27, 240500, 1100, 'a chart'),
        (date '2024-11-01', 17.4, 0.27, 271200, 1100, 'a chart'),
        (date '2025-10-01', 25.6, 0.27, 376500, 1100, 'a chart')
    ) as rows (month, publisher_share_pct, publisher_share_error_pp, files, files_error, source);

    create table attested_share_published as select * from (values
        (date '2026-05-27', 1, 50, 50, 26, 24, 2, 0, 'a count'),
        (date '2026-05-27', 51, 100, 50, 23, 22, 1, 0, 'a count')
    ) as rows (
        measured_on, band_first_rank, band_last_rank, projects, attested_projects, github, google, gitlab, source
    );

    create table incidents as select * from (values
        ('2022-05-24', 'expired-domain', 'expired_domain', 'ctx', 'none', 'yes', 'A reset.', 'no', 'The account.',
            'none stated', 'a post', date '2022-05-24'),
        ('2026-03', 'leaked-token', 'leaked_token', 'litellm', 'high', 'no', 'A token.', 'partly', 'Short-lived.',
            '152 minutes', 'a post', date '2026-03-01')
    ) as rows (
        date, id, vector, projects_affected, project_criticality, would_2fa_have_prevented, reason_2fa,
        would_trusted_publishing_have_prevented, reason_trusted_publishing, exposure, source, incident_date
    );
"""

RECORDS = """
    create table coverage as select * from (values
        ('newest_upload', 'given', 9, 10, 'Months, not days.', date '2026-10-31'),
        ('provenance', 'given', 0, 10, 'Nobody looked. `pypi-adoption run --source pypi` observes it.', null),
        ('roles', 'given', 0, 10, 'No roles. `pypi-adoption run --source pypi` observes it.', null)
    ) as rows (measure, source, observed_count, total_count, note, observed_on);

    create table runs as select
        'r1' as run_id,
        'given' as source,
        '2026-10' as period,
        '0.1.0+test' as code_version,
        '{}' as parameters,
        2 as schema_version,
        false as is_simulated,
        date '2026-10-31' as observed_on,
        date '2024-01-01' as announced_from,
        date '2024-08-02' as enforced_from,
        date '2024-10-21' as provenance_from,
        timestamp '2026-11-01 12:00:00' as started_at;

    create table inputs as select
        'given' as source,
        '2026-10' as period,
        'file' as kind,
        'index.parquet' as name,
        repeat('ab', 32) as sha256,
        null::varchar as query,
        10::bigint as row_count,
        1234::bigint as size_bytes,
        timestamp '2026-11-01 12:00:00' as fetched_at;

    create table checks as select * from (values
        ('projects: unique', 'fail', 'passed', 0.0, '= 0', ''),
        ('projects: months', 'warn', 'failed', 0.1, '<= 0.01', 'Months are missing.')
    ) as rows (name, severity, status, value, bound, reason);
"""

OBSERVED = (
    # Provenance: alpha and theta attest, epsilon in part, iota cannot be told. The first four have one owner or two.
    """
    update projects set publishing_evidence = case project
        when 'alpha' then 'attested' when 'theta' then 'attested' when 'epsilon' then 'partly_attested'
        when 'iota' then 'not_observable' else 'not_attested'
    end;
    update projects set critical_by = list_concat(critical_by, ['mass80']) where project in ('alpha', 'beta', 'kappa');
    update projects set critical_by = list_concat(critical_by, ['dependents']) where project in ('alpha', 'gamma');
    update coverage set observed_count = 9, note = 'One index was silent.' where measure = 'provenance';
    update coverage set observed_count = 10, note = 'Direct roles only.' where measure = 'roles';
    insert into coverage values ('requirements', 'given', 10, 10, 'Of the newest release.', null);
    update coverage set observed_on = date '2026-10-31';
    """,
    # The month before: beta attested then, alpha and epsilon did not; theta had not uploaded since the mandate.
    """
    insert into project_history
    select
        source, '2026-08', date '2026-08-31', project,
        case project when 'theta' then 'none' else two_factor_evidence end,
        case project
            when 'beta' then 'attested' when 'theta' then 'attested' when 'kappa' then 'unobserved' else 'not_attested'
        end,
        null, download_rank, 1, newest_upload_precision, 'active', if(project = 'theta', 'GitHub', null)
    from project_history where project <> 'eta';
    insert into project_history values
        ('other', '2026-09', date '2026-09-30', 'alpha', 'none', 'not_attested', null, 1, 1, null, null, null),
        ('given', '2026-11', date '2026-11-30', 'alpha', 'none', 'not_attested', null, 1, 1, null, null, null);
    update project_history as history set
        publishing_evidence = projects.publishing_evidence, owner_count = 1,
        publisher_kind = if(history.project = 'theta', 'GitLab', null), status = 'active',
        organization = if(history.project = 'gamma', 'the-org', null)
    from projects where history.project = projects.project and history.period = '2026-10';
    insert into changes values
        ('given', '2026-10', '2026-08', 'alpha', 'publishing_evidence', 'not_attested', 'attested'),
        ('given', '2026-10', '2026-08', 'epsilon', 'publishing_evidence', 'not_attested', 'partly_attested'),
        ('given', '2026-10', '2026-08', 'beta', 'publishing_evidence', 'attested', 'not_attested'),
        ('given', '2026-10', '2026-08', 'theta', 'two_factor_evidence', 'none', 'enforced'),
        ('given', '2026-10', '2026-08', 'theta', 'publisher_repository', 'old/theta', 'new/theta'),
        ('given', '2026-10', '2026-08', 'gamma', 'organization', null, 'the-org'),
        ('given', '2026-10', '2026-08', 'gamma', 'Owner', 'mallory', null),
        ('given', '2026-10', '2026-08', 'gamma', 'Owner', null, 'trudy'),
        ('given', '2026-10', '2026-08', 'delta', 'Maintainer', null, 'mallory'),
        ('given', '2026-08', '2026-07', 'kappa', 'publishing_evidence', 'not_attested', 'attested'),
        ('other', '2026-10', '2026-08', 'kappa', 'publishing_evidence', 'not_attested', 'attested');
    """,
    # Accounts: four, of which two are shown to have a second factor; two reach critical projects, one of them is shown.
    """
    insert into accounts values ('mallory', 3, true), ('trudy', 1, null), ('peggy', 0, true), ('victor', 0, null);
    insert into account_concentration values (0, 0), (0.5, 0.1), (0.75, 0.3), (1, 1);
    delete from estimates;
    insert into estimates values
        ('accounts_two_factor_share', 'all', null, 0.5, 1, 4, 'worst-case bounds', 'a book', ''),
        ('accounts_two_factor_share', 'critical', null, 0.5, 1, 2, 'worst-case bounds', 'a book', ''),
        ('accounts_gini_of_reach', 'downloads', 0.55, null, null, 4, 'Gini', 'a book', ''),
        ('accounts_reaching_half', 'downloads', null, 1, 2, 4, 'greedy', 'a book', ''),
        ('hazard_ratio', 'tier: top_100 against long_tail', 1.5, 0.9, 2.5, 4, 'Cox model', 'a book', ''),
        ('hazard_ratio', 'owner: organization against individual', 3.1, 1.4, 6.9, 4, 'Cox model', 'a book', ''),
        ('activity_level_change', '2024-08-02', -0.012, -0.03, 0.006, 90, 'segmented regression', 'a book', ''),
        ('activity_slope_change', '2024-08-02', 0.002, 0.001, 0.003, 90, 'segmented regression', 'a book', ''),
        ('return_share', '2024-08-02', 0.02, 0.01, 0.04, 200, 'Wilson', 'a book', ''),
        ('return_share_placebo', '2023-08-02', 0.01, 0.004, 0.03, 190, 'Wilson', 'a book', ''),
        ('return_share_difference', '2024-08-02', 0.01, -0.01, 0.03, 390, 'Newcombe', 'a book', ''),
        ('share_two_factor_shown', 'all', 0.55, 0.3, 0.8, 9, 'clustered', 'a book', ''),
        ('criticality_jaccard', 'top1pct and mass80', 0.4, null, null, 8, 'Jaccard', 'a book', 'whole sets'),
        ('criticality_rank_correlation', 'downloads and dependents', 0.6, 0.5, 0.7, 10, 'Spearman', 'a book', '');
    """,
    # Months: two of ten files attested in September, three of ten in October, of those that could 3 of 6.
    """
    insert into adoption_monthly
    select
        month, tier, measure, unit, numerator, denominator, 10, denominator = 10, numerator / denominator,
        if(denominator = 10, null, 0.2), if(denominator = 10, null, 0.8)
    from (values
        (date '2026-09-01', 'all', 'attested', 'files', 2, 10),
        (date '2026-10-01', 'all', 'attested', 'files', 3, 10),
        (date '2026-09-01', 'all', 'attested', 'projects', 1, 10),
        (date '2026-10-01', 'all', 'attested', 'projects', 2, 10),
        (date '2026-09-01', 'all', 'attested', 'downloads', 5, 10),
        (date '2026-10-01', 'all', 'attested', 'downloads', 6, 10),
        (date '2026-10-01', 'all', 'attested_of_opportunity', 'files', 3, 6),
        (date '2026-10-01', 'all', 'attested_of_opportunity', 'projects', 2, 5),
        (date '2026-10-01', 'all', 'uploaded', 'files', 10, 10),
        (date '2026-10-01', 'top_100', 'attested', 'files', 1, 2)
    ) as rows (month, tier, measure, unit, numerator, denominator);
    """,
    # Requirements: alpha needs three, one without evidence; beta two, all shown; gamma none; delta one unknown.
    """
    insert into dependency_exposure values
        ('alpha', 'top_100', 'iota', 3, 1, 0, 0, 0),
        ('beta', 'top_100', null, 2, 0, 0, 0, 0),
        ('gamma', 'top_100', null, 0, 0, 0, 0, 0),
        ('delta', 'top_100', null, 2, 0, 1, 0, 0),
        ('kappa', 'long_tail', 'iota', 4, 2, 1, 0, 0);
    update projects set dependents_direct = 1, dependents_transitive = 2 where project = 'iota';
    """,
)
"""What a source that sees files, roles and requirements fills in, and a month to compare with."""

SIMULATED = """
    update runs set is_simulated = true, source = 'simulated';
    update project_history set source = 'simulated' where source = 'given';
    update changes set source = 'simulated' where source = 'given';
"""

HOSTILE = r"""
    update projects set project = '</script><script>document.title="broken"</script>' where project = 'beta';
    update projects set project = '"><img src=x onerror="document.title=''broken''">' where project = 'gamma';
    update projects set project = 'evil' || chr(8238) || 'gnp.exe' where project = 'zeta';
    update projects set project = 'javascript:document.title=1' where project = 'delta';
    update incidents set id = '<b>bold</b> {{ 7 * 7 }}', reason_2fa = '''"><svg onload=document.title=2>'
    where id = 'leaked-token';
    update coverage set note = 'Use `<i>x</i>` & more. <script>document.title=3</script>' where measure = 'roles';
    update milestones set title = '</script><b>Tested</b>' where id = 'token-upload-requires-2fa';
    update runs set parameters = '</script><!--';
"""

LONGEST = "a" + "-b" * 106 + "c"
"""A name of 214 characters without a space to break at."""

HOSTILE_OBSERVED = rf"""
    update project_history set project = '{LONGEST}' where project = 'alpha';
    update projects set project = '{LONGEST}' where project = 'alpha';
    update changes set project = '{LONGEST}' where project in ('alpha', 'gamma', 'delta');
    update changes set before = '"><img src=x onerror="document.title=4">', after = 'javascript:document.title=5'
    where what = 'publisher_repository';
    update changes set after = '</script><script>document.title=6</script>' where what = 'organization';
    update changes set before = 'mal' || chr(8238) || 'lory<b>' where before = 'mallory';
    update projects set project = '{LONGEST}x' where project = 'iota';
    update estimates set reason = '<svg onload=document.title=7>' where name = 'share_two_factor_shown';
    update estimates set term = 'owner: "><img src=x> against </script><b>' where term like 'owner%';
    update coverage set note = 'javascript:document.title=8 <img src=x>' where measure = 'requirements';
"""
"""The same for the sections that need more than an index: repositories, organizations, accounts, terms."""


def make_marts(*changes: str, path: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A database with the marts, in memory or at `path`; `changes` are made before the tables of shares are."""
    connection = duckdb.connect(str(path or ":memory:"))
    for statement in (PROJECTS, UNOBSERVED, FACTS, RECORDS, *changes, SHARES, RISK_REGISTER):
        connection.execute(statement)
    return connection
