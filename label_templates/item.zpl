{#- 50 x 30 mm: one unit. A SKU too long for bars gets a larger QR code instead. The lowest 3.5 mm stay white. -#}
{% if code|fits128(50) %}
{{ name|text((2, 1, 33, 7), 2) }}
{{ sku|text((2, 8.2, 33, 5)) }}
{{ code|qr((36, 0.5, 13.7)) }}
{{ code|code128((0, 14.4, 50, 7.8), "C") }}
{{ code|whole((2, 22.3, 46, 4), "C") }}
{% else %}
{{ name|text((2, 2, 25, 13), 4) }}
{% if sku != code %}
{{ sku|text((2, 16, 25, 5)) }}
{% endif %}
{{ code|qr((27, 0.5, 22)) }}
{{ code|whole((2, 22, 46, 4.4)) }}
{% endif %}
