{#- 100 x 150 mm: a GS1 logistic label with its SSCC. The lowest 7.5 mm stay white for TRAINING and COPY. -#}
{{ "From"|text((4, 1.5, 20, 3.5)) }}
{{ sender|text((4, 5, 92, 6)) }}
^FO{{ 4|mm }},{{ 12|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ "To"|text((4, 13, 20, 3.5)) }}
{{ recipient_lines|address((4, 16.5, 92, 22)) }}
^FO{{ 4|mm }},{{ 39.5|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ "SSCC"|text((4, 41, 20, 3.5)) }}
{{ code|whole((4, 44.5, 58, 6)) }}
{% for fact in facts[:4] %}
{{ fact|text((4, 51.5 + 5.2 * loop.index0, 58, 5)) }}
{% endfor %}
{{ ((("00", code),) + content)|gs1_matrix((65, 40.5, 32)) }}
^FO{{ 4|mm }},{{ 73|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{% if content and content|fits_gs1(98) %}
{{ content|gs1_128((1, 75, 98, 18), "C") }}
{% endif %}
{% if content %}
{{ content|hri|text((4, 93.5, 92, 5.5), 1, "C") }}
{% endif %}
{{ (("00", code),)|gs1_128((1, 101, 98, 32), "C") }}
{{ (("00", code),)|hri|whole((4, 134, 92, 7.5), "C") }}
