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
        null::varchar as publisher_repository
    from (values
        ('alpha', 1, 'top_100', true, timestamptz '2026-09-01 00:00:00Z', 'enforced'),
        ('beta', 2, 'top_100', true, timestamptz '2024-03-01 00:00:00Z', 'announced'),
        ('gamma', 3, 'top_100', true, timestamptz '2020-05-01 00:00:00Z', 'none'),
        ('delta', 4, 'top_100', true, null, 'unknown'),
        ('epsilon', 101, 'top_1000', true, timestamptz '2026-08-01 00:00:00Z', 'enforced'),
        ('zeta', 102, 'top_1000', true, timestamptz '2021-01-01 00:00:00Z', 'none'),
        ('eta', 1001, 'top_1pct', true, timestamptz '2025-02-01 00:00:00Z', 'enforced'),
        ('theta', 9000, 'top_15000', false, timestamptz '2024-09-01 00:00:00Z', 'enforced'),
        ('iota', null, 'long_tail', false, timestamptz '2019-07-01 00:00:00Z', 'none'),
        ('kappa', null, 'long_tail', false, timestamptz '2026-10-01 00:00:00Z', 'enforced')
    ) as rows (project, download_rank, tier, is_top1pct, newest_upload_at, two_factor_evidence)
"""

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
        is_top1pct,
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
        'two_factor_shown' as headline,
        if(grouping(is_top1pct) = 1, 'all', 'top1pct') as criticality,
        if(measure = 'evidence_shown', 'enforced', 'announced') as cut_date,
        'plain' as denominator_kind,
        'projects' as unit,
        count(*) filter (where holds and is_known) as numerator,
        count(*) filter (where is_known) as denominator,
        count(*) as total,
        denominator = total as is_census,
        numerator / nullif(denominator, 0) as share,
        if(denominator = total, null, share - 0.1) as share_low,
        if(denominator = total, null, share + 0.1) as share_high
    from asked
    where starts_with(measure, 'evidence')
    group by grouping sets ((is_top1pct, measure), (measure))
    having grouping(is_top1pct) = 1 or is_top1pct
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
        ('newest_upload', 'given', 9, 10, 'Months, not days.'),
        ('provenance', 'given', 0, 10, 'Nobody looked. `pypi-adoption run --source pypi` observes it.'),
        ('roles', 'given', 0, 10, 'No roles. `pypi-adoption run --source pypi` observes it.')
    ) as rows (measure, source, observed_count, total_count, note);

    create table runs as select
        'r1' as run_id,
        'given' as source,
        '2026-10' as period,
        '0.1.0+test' as code_version,
        '{}' as parameters,
        1 as schema_version,
        false as is_simulated,
        date '2026-10-31' as observed_on,
        date '2024-01-01' as announced_from,
        date '2024-08-02' as enforced_from,
        date '2024-10-21' as provenance_from,
        timestamptz '2026-11-01 12:00:00Z' as started_at;

    create table inputs as select
        'given' as source,
        '2026-10' as period,
        'file' as kind,
        'index.parquet' as name,
        repeat('ab', 32) as sha256,
        null::varchar as query,
        10::bigint as row_count,
        1234::bigint as size_bytes,
        timestamptz '2026-11-01 12:00:00Z' as fetched_at;

    create table checks as select * from (values
        ('projects: unique', 'fail', 'passed', 0.0, '= 0', ''),
        ('projects: months', 'warn', 'failed', 0.1, '<= 0.01', 'Months are missing.')
    ) as rows (name, severity, status, value, bound, reason);
"""

SIMULATED = "update runs set is_simulated = true, source = 'simulated'"

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


def make_marts(*changes: str, path: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A database with the marts, in memory or at `path`; `changes` are made before the tables of shares are."""
    connection = duckdb.connect(str(path or ":memory:"))
    for statement in (PROJECTS, FACTS, RECORDS, *changes, SHARES, RISK_REGISTER):
        connection.execute(statement)
    return connection
