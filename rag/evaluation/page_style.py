"""The style of the report page, for bright and for dark surroundings."""

STYLE = """
:root { --ink:#1c2430; --soft:#5b6675; --faint:#8a94a3; --line:#e4e8ee; --card:#ffffff; --page:#f5f7fa;
  --accent:#2f5fd0; --pale:#a9c0f2; --win:#1f8a5b; --loss:#c8452f;
  --c0:#0f8b8d; --c1:#d98324; --c2:#8a4fbe; --c3:#3f9142; --c4:#c23b75; }
@media (prefers-color-scheme: dark) { :root { --ink:#e7ebf1; --soft:#a5b0bf; --faint:#7d8999; --line:#2b3440;
  --card:#171d26; --page:#0f141b; --accent:#7ea6ff; --pale:#3a5390; --win:#4cc38a; --loss:#f0765f;
  --c0:#3cc0c2; --c1:#f0a652; --c2:#b98ae6; --c3:#77c579; --c4:#ea7aa9; } }
* { box-sizing: border-box; }
body { margin:0; background:var(--page); color:var(--ink);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width:1240px; margin:0 auto; padding:36px 28px 64px; }
h1 { font-size:27px; line-height:1.25; margin:0 0 4px; letter-spacing:-.01em; }
h2 { font-size:19px; margin:40px 0 12px; }
h3 { font-size:15px; margin:0 0 8px; }
p { margin:0 0 10px; } .soft { color:var(--soft); } .small { font-size:13px; }
.cards { display:grid; grid-template-columns:repeat(auto-fit,minmax(126px,1fr)); gap:12px; margin:24px 0 14px; }
.card, .panel { background:var(--card); border:1px solid var(--line); border-radius:12px; padding:14px 16px; }
.card .name { color:var(--soft); font-size:13px; } .card .figure { font-size:26px; font-weight:650;
  font-variant-numeric:tabular-nums; letter-spacing:-.02em; } .card .range { color:var(--faint); font-size:12px; }
.panels { display:grid; grid-template-columns:repeat(auto-fit,minmax(440px,1fr)); gap:14px; }
.wide { grid-column:1 / -1; }
.up { color:var(--win); } .down { color:var(--loss); }
table { width:100%; border-collapse:collapse; font-variant-numeric:tabular-nums; font-size:14px; }
th { text-align:right; font-weight:600; color:var(--soft); border-bottom:1px solid var(--line); padding:6px 8px; }
td { text-align:right; border-bottom:1px solid var(--line); padding:6px 8px; vertical-align:top; }
th:first-child, td:first-child, td.words { text-align:left; } tr:last-child td { border-bottom:0; }
.scroll { overflow-x:auto; }
details { border-bottom:1px solid var(--line); padding:9px 2px; } details:last-child { border-bottom:0; }
summary { cursor:pointer; } summary code { color:var(--soft); margin-right:8px; }
blockquote { margin:6px 0 6px 16px; padding-left:12px; border-left:3px solid var(--line); color:var(--soft); }
code { font: 12.5px/1.5 ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; }
svg { width:100%; height:auto; display:block; }
svg text { font-size:12px; fill:var(--ink); } svg .tick { fill:var(--faint); font-size:11px; }
svg .tick-left { fill:var(--soft); font-size:11px; } svg .label { fill:var(--soft); }
svg .strong { fill:var(--ink); font-weight:650; } svg .value { font-weight:600; font-variant-numeric:tabular-nums; }
.grid { stroke:var(--line); stroke-width:1; } .whisker { stroke:var(--pale); stroke-width:6; stroke-linecap:round; }
.mark { stroke:var(--accent); stroke-width:1.4; stroke-dasharray:4 3; }
.fill-accent { fill:var(--accent); } .fill-soft { fill:var(--pale); } .fill-win { fill:var(--win); }
.fill-loss { fill:var(--loss); } .ring { fill:none; stroke:var(--soft); stroke-width:1.4; }
polyline, .line-all, .line-0, .line-1, .line-2, .line-3, .line-4 { fill:none; stroke-width:1.8; stroke-linejoin:round; }
.line-all { stroke:var(--accent); stroke-width:3.2; } .line-0 { stroke:var(--c0); } .line-1 { stroke:var(--c1); }
.line-2 { stroke:var(--c2); } .line-3 { stroke:var(--c3); } .line-4 { stroke:var(--c4); }
@media print { body { background:#fff; } .card, .panel { break-inside:avoid; } }
"""
