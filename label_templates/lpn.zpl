{#- 100 x 150 mm: a carton or pallet at rest. The lowest 7.5 mm stay white for TRAINING and COPY. -#}
{{ code|whole((4, 2, 92, 17)) }}
{{ code|code128((2, 20, 96, 24), "C") }}
^FO{{ 4|mm }},{{ 47|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ "Receipt"|text((4, 49, 54, 4.5)) }}
{{ receipt|text((4, 53.5, 54, 8)) }}
{{ "Received"|text((4, 63, 54, 4.5)) }}
{{ received_on|text((4, 67.5, 54, 8)) }}
{{ code|qr((63, 48.5, 34)) }}
^FO{{ 4|mm }},{{ 83|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{% if items|length == 1 %}
{{ items[0].sku|text((4, 85, 92, 16)) }}
{{ items[0].name|text((4, 102, 92, 14), 2) }}
{{ items[0].qty|count|text((4, 117, 92, 24), 1, "R") }}
{% else %}
{% for line in items[:5] %}
{{ line.sku|text((4, 84.5 + 10 * loop.index0, 66, 5.8)) }}
{{ line.name|text((4, 89.8 + 10 * loop.index0, 66, 4)) }}
{{ line.qty|count|text((71, 84.5 + 10 * loop.index0, 25, 9), 1, "R") }}
^FO{{ 4|mm }},{{ (94.2 + 10 * loop.index0)|mm }}^GB{{ 92|mm }},{{ 0.125|mm }},{{ 0.125|mm }}^FS
{% endfor %}
{% if items|length > 5 %}
{{ ("and " ~ (items|length - 5) ~ " more lines")|text((4, 135.5, 92, 5.5)) }}
{% endif %}
{% endif %}
