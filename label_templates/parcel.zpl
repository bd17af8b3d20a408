{#- 100 x 150 mm: a parcel for its carrier. The lowest 7.5 mm stay white for TRAINING and COPY. -#}
{{ carrier|text((4, 2.5, 64, 12)) }}
{{ service|text((4, 14.5, 64, 8)) }}
^FO{{ 70|mm }},{{ 3|mm }}^GB{{ 26|mm }},{{ 20|mm }},{{ 20|mm }}^FS
{{ country|inside((70, 3, 26, 20)) }}
^FO{{ 4|mm }},{{ 25|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ "To"|text((4, 27, 60, 4.5)) }}
{{ recipient_lines|address((4, 31.5, 92, 38)) }}
^FO{{ 4|mm }},{{ 71|mm }}^GB{{ 92|mm }},{{ 0.375|mm }},{{ 0.375|mm }}^FS
{{ "Order"|text((4, 73, 30, 4.5)) }}
{{ order|text((4, 77.5, 58, 9)) }}
{{ weight_g|kg|text((34, 73, 28, 4.5), 1, "R") }}
{% for line in contents[:4] %}
{{ (line.qty ~ " × " ~ line.sku ~ "  " ~ line.name)|text((4, 87 + 4 * loop.index0, 58, 4)) }}
{% endfor %}
{% if contents|length > 4 %}
{{ ("and " ~ (contents|length - 4) ~ " more lines")|text((4, 103, 58, 4)) }}
{% endif %}
{{ code|qr((64, 73, 33)) }}
{{ code|code128((2, 108.5, 96, 24), "C") }}
{{ code|whole((4, 133, 92, 9), "C") }}
