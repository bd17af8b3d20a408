{#- 100 x 50 mm: a bin, dock, stage, station or cart. The lowest 3.5 mm stay white for TRAINING. -#}
{% if arrow %}
{{ name|whole((4, 2, 57, 20)) }}
{{ arrow|arrow((62, 3, 17, 17)) }}
{% else %}
{{ name|whole((4, 2, 74, 20)) }}
{% endif %}
^FX the check character, white on black: said or typed instead of a scan
^FO{{ 82|mm }},{{ 3|mm }}^GB{{ 14|mm }},{{ 17|mm }},{{ 14|mm }}^FS
{{ check|inside((82, 3, 14, 17)) }}
{{ code|code128((0, 23.5, 78.5, 15)) }}
{{ code|whole((4, 39, 72, 6.5)) }}
{{ code|qr((78, 23.5, 21)) }}
